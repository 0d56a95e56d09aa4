// Why a dossier is refused, and at which item, in words for buyers: which message says it.

/** The reasons of verify.js, in groups that a buyer can tell apart. */
const WHY = {
  'why-unknown-log': ['unknown_log'],
  'why-signatures': ['note', 'checkpoint_text', 'not_signed_by_log', 'bad_signature'],
  'why-quorum': ['quorum'],
  'why-no-freshness': ['no_freshness'],
  'why-from-future': ['from_future'],
  'why-index': ['empty_log', 'index_size', 'epochs'],
  'why-other-vehicle': ['other_vehicle'],
  'why-vrf-key': ['vrf_key', 'vrf_key_of_other_log'],
  'why-label': ['vrf_proof'],
  'why-trie': ['chain_missing', 'not_in_index', 'chain_value', 'trie_proof'],
  'why-count': ['count', 'chain_head', 'not_rising', 'not_covered', 'digest_twice'],
  'why-not-in-log': ['inclusion', 'entry', 'entry_kind', 'entry_epoch', 'entry_label'],
  'why-key': [
    'key_history',
    'no_key_entry',
    'key_twice',
    'key_incomplete',
    'key_unused',
    'key_not_listed',
    'key_not_valid',
  ],
  'why-notice': ['notice', 'notice_of_other_vehicle', 'notice_ahead', 'notice_unused', 'notice_missing', 'not_erased'],
  'why-statement': ['statement', 'signature', 'digest'],
  'why-statement-other': ['statement_of_other_vehicle'],
  'why-issuer': ['issuer', 'role'],
};

/** The message for a refusal; what is wrong with the index's own entry is another thing than with a statement's. */
export function whyMessage({ step, reason }) {
  if (step === 0) return 'why-file';
  if (step === 2) return 'why-index';
  if (step === 5 && reason === 'trie_proof') return 'why-key';
  return Object.keys(WHY).find((message) => WHY[message].includes(reason));
}

const ITEMS = { statement: 'item-statement', 'issuer key': 'item-key', 'erasure notice': 'item-notice' };

/** The message for the item that failed, as verify.js names it, and the values in it; null for items that need no name. */
export function itemMessage(item) {
  const match = /^(statement|issuer key|erasure notice) (\d+) of (\d+)(?:.* at log index (\d+))?/.exec(item);
  if (!match) return null;
  const [, kind, number, count, index] = match;
  return { message: ITEMS[kind], values: { number, count, index } };
}
