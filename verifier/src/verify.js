// Verification of a dossier, step by step (spec/dossier.md, "Verification"). Each function is one step and reads like its
// section; order and refusals are those of the reference implementation (crates/dossier/src/verify.rs).

import { fromBase64, sameBytes, toHex, toUtf8 } from './bytes.js';
import { parseCheckpoint } from './checkpoint.js';
import { readDossier } from './dossier_file.js';
import { decodeEntry } from './entry.js';
import { verifyNotice } from './erasure.js';
import { EMPTY_CHAIN, chainValue, extendChain, keyLabel, leafHash } from './hash.js';
import { verifyInclusion } from './merkle.js';
import { isKeyName, parseNote } from './note.js';
import { evaluatePolicy, parsePolicy } from './policy.js';
import { Refused, STEPS, demand } from './refusal.js';
import { parseStatement, verifyStatement } from './statement.js';
import { StatementFault } from './statement_fault.js';
import { parseTrieProof, trieAnswer } from './trie.js';
import { TYPES } from './vocabulary.js';
import { readVrfKey, vrfOutput } from './vrf.js';

/** How far T may lie ahead of now, in seconds, before it counts as a time that has not come. */
const CLOCK_TOLERANCE = 300n;

/** A dossier that is refused: the step by number and name, the item, a stable reason, and the reason in English. */
export class Refusal extends Error {
  constructor(step, item, reason, detail) {
    super(`step ${step} (${STEPS[step]})${item ? `, ${item}` : ''}: ${detail}`);
    this.name = 'Refusal';
    Object.assign(this, { step, stepName: STEPS[step], item, reason, detail });
  }

  /** Whether everything holds but the age: nothing is forged, and a newer dossier is needed. */
  get stale() {
    return this.reason === 'stale';
  }
}

/**
 * What a verifier brings along: the bytes of a policy file, the line `<origin>+vrf-r255+<base64>`, and how old the proof of
 * freshness may be, in seconds. Refuses with `Refused`, reason `policy`, `key` or `vrf_key_form`.
 */
export async function readTrust(policyBytes, vrfKeyText, maxAge) {
  return { policy: await parsePolicy(policyBytes), vrfKey: parseVrfKey(vrfKeyText.trim()), maxAge: BigInt(maxAge) };
}

function parseVrfKey(text) {
  const [origin, algorithm, ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  demand(
    isKeyName(origin) && algorithm === 'vrf-r255' && bytes?.length === 32,
    'vrf_key_form',
    'not a VRF key of the form <origin>+vrf-r255+<base64 of 32 bytes>',
  );
  return { origin, ...readVrfKey(bytes) };
}

/**
 * Verifies the bytes of a dossier and says what it proves: the statements about a vehicle, complete and unaltered as of
 * `asOf`, or that the log knows nothing of it. `asked` is the vehicle in question as a canonical id, or null for the one the
 * file names; `now` is in POSIX seconds. Throws a `Refusal`.
 */
export async function verifyDossier(bytes, trust, asked, now) {
  const dossier = await step(0, () => readDossier(bytes));
  const sealed = await step(1, () => checkpointStep(dossier, trust, BigInt(now)));
  const log = sealed.checkpoint;
  const epoch = await step(2, () => indexStep(dossier, log));
  const vehicle = asked ?? dossier.vehicle;
  const label = await step(3, () => labelStep(dossier, trust, log, epoch, vehicle));
  const chain = await step(4, () => trieStep(dossier, epoch, label));

  const report = {
    vehicle,
    asked: asked !== null,
    origin: log.origin,
    size: log.size,
    asOf: sealed.asOf,
    cosigners: sealed.cosigners,
    label,
    statements: [],
    erased: [],
  };
  if (chain) {
    const scene = { log, last: log.size - 1n, epoch, label, vehicle, logKey: sealed.logKey };
    await statementsStep(dossier, scene, chain, report);
  }
  const age = BigInt(now) - sealed.asOf;
  if (age > trust.maxAge) {
    const detail = `complete as of ${sealed.asOf}, which is ${age} seconds ago; at most ${trust.maxAge} are allowed`;
    throw Object.assign(new Refusal(1, '', 'stale', detail), { asOf: sealed.asOf });
  }
  return report;
}

/** Runs a part of a step and names step and item in what it refuses. */
async function step(number, run, item = '') {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refusal(number, item + (error.within ?? ''), error.reason, error.detail);
  }
}

/** Step 1: the log and the quorum have signed, and when. */
async function checkpointStep(dossier, trust, now) {
  const note = parseNote(toUtf8(dossier.checkpoint));
  const { origin } = parseCheckpoint(note.text);
  demand(
    trust.policy.logs.some(({ key }) => key.name === origin),
    'unknown_log',
    `the checkpoint is of the log ${JSON.stringify(origin)}, which the policy does not name`,
  );
  const accepted = await evaluatePolicy(trust.policy, note).catch((error) => {
    const unsigned = error instanceof Refused && error.reason === 'no_known_signature';
    throw unsigned ? new Refused('not_signed_by_log', `not signed by the log ${JSON.stringify(origin)}`) : error;
  });
  demand(
    accepted.asOf !== null,
    'no_freshness',
    'the policy asks for no cosignature, so nothing says how old the checkpoint is',
  );
  demand(
    accepted.asOf <= now + CLOCK_TOLERANCE,
    'from_future',
    `cosigned ${accepted.asOf - now} seconds in the future; a cosigner's clock or this one is wrong`,
  );
  return accepted;
}

/** Step 2: the checkpoint's last entry is the index over all others (rule R1). */
async function indexStep(dossier, log) {
  demand(log.size > 0n, 'empty_log', 'the log is empty');
  const last = log.size - 1n;
  const entry = await decodeEntry(dossier.index.entry);
  demand(entry.kind === 'I', 'entry_kind', 'not an entry of type I');
  demand(
    entry.treeSize === last,
    'index_size',
    `the index covers ${entry.treeSize} entries, and the checkpoint's last entry must cover ${last} (rule R1)`,
  );
  await included(log, last, await leafHash(dossier.index.entry), dossier.index.inclusion);
  demand(
    entry.epochs.length === 1,
    'epochs',
    `the index has ${entry.epochs.length} VRF epochs, and map version 1 has one`,
  );
  return entry.epochs[0];
}

const included = (log, at, leaf, proof) => verifyInclusion(at, log.size, leaf, proof, log.root);

/** Step 3: the label is that of the vehicle asked for. */
async function labelStep(dossier, trust, log, epoch, vehicle) {
  demand(
    vehicle === dossier.vehicle,
    'other_vehicle',
    `this is the dossier of ${dossier.vehicle}, and ${vehicle} was asked for`,
  );
  const key = trust.vrfKey;
  demand(
    key.origin === log.origin,
    'vrf_key_of_other_log',
    `the VRF key given is that of the log ${JSON.stringify(key.origin)}`,
  );
  demand(
    sameBytes(key.bytes, epoch.vrfKey),
    'vrf_key',
    "the log's index was made with another VRF key than the one given",
  );
  const output = await vrfOutput(key, toUtf8(`carnet/id/v1${vehicle}`), dossier.vrfProof);
  return output.slice(0, 32);
}

/** Step 4: what the index says about the label. Null: nothing. */
async function trieStep(dossier, epoch, label) {
  const value = await trieAnswer(parseTrieProof(dossier.trieProof), epoch.root, label);
  const { chain } = dossier;
  if (value) {
    demand(chain, 'chain_missing', 'the index knows this vehicle, and the file says it does not');
    demand(
      chain.count > 0n && sameBytes(await chainValue(chain), value),
      'chain_value',
      'count and head of the chain are not those in the index',
    );
    return chain;
  }
  demand(
    !chain && [dossier.statements, dossier.issuers, dossier.erasures].every((list) => list.length === 0),
    'not_in_index',
    'the index knows nothing of this vehicle, and the file has statements about it',
  );
  return null;
}

/** Whether an entry may stand at `at`, given where the one before it stands. */
function demandOrder(scene, before, at) {
  demand(
    before === null || at > before,
    'not_rising',
    `its log index is not greater than ${before}, that of the item before`,
  );
  demand(at < scene.last, 'not_covered', `its log index is not less than ${scene.last}, that of the index entry`);
}

/** Step 5: the statements are exactly those the index counts, each signed by whoever was entitled to. */
async function statementsStep(dossier, scene, chain, report) {
  const { statements, issuers, erasures } = dossier;
  const keyItem = (position) => `issuer key ${position + 1} of ${issuers.length}`;
  const noticeItem = (position) => `erasure notice ${position + 1} of ${erasures.length}`;
  const found = BigInt(statements.length);

  /** Issuer keys whose complete history is known, by key id. */
  const keys = new Map();
  for (const [position, key] of issuers.entries()) {
    await step(5, () => issuerKey(keys, key, position, scene), keyItem(position));
  }
  const notices = [];
  for (const [position, signed] of erasures.entries()) {
    await step(5, async () => notices.push({ notice: await notice(signed, scene), used: false }), noticeItem(position));
  }
  await step(5, () =>
    demand(found === chain.count, 'count', `the index counts ${chain.count} statements, the file has ${found}`),
  );

  const progress = { chain: EMPTY_CHAIN, before: null, digests: new Set() };
  for (const [position, item] of statements.entries()) {
    const name = `statement ${position + 1} of ${found} at log index ${item.logIndex}`;
    await step(5, () => statementItem(item, progress, keys, notices, scene, report), name);
  }
  await step(5, () =>
    demand(
      progress.chain.count === chain.count && sameBytes(progress.chain.head, chain.head),
      'chain_head',
      'the chain of these statements has another head than the index',
    ),
  );

  const idle = [...keys.values()].sort((a, b) => (a.keyIdHex < b.keyIdHex ? -1 : 1)).find((key) => !key.used);
  if (idle) {
    const detail = `no statement is by the key ${idle.keyIdHex}`;
    throw new Refusal(5, keyItem(idle.position), 'key_unused', detail);
  }
  const unneeded = notices.findIndex(({ used }) => !used);
  if (unneeded >= 0) throw new Refusal(5, noticeItem(unneeded), 'notice_unused', 'no statement refers to it');
  linkSuperseded(report);
}

/** One issuer key: all its entries, and no others. */
async function issuerKey(keys, { entries, trieProof }, position, scene) {
  const history = [];
  for (const { logIndex, entry, inclusion } of entries) {
    try {
      demandOrder(scene, history.at(-1)?.logIndex ?? null, logIndex);
      const leaf = await leafHash(entry);
      await included(scene.log, logIndex, leaf, inclusion);
      const decoded = await decodeEntry(entry);
      demand(decoded.kind === 'K', 'entry_kind', 'not an entry of type K');
      history.push({ logIndex, leaf, entry: decoded });
    } catch (error) {
      if (error instanceof Refused) error.within = `, entry at log index ${logIndex}`;
      throw error;
    }
  }
  const record = keyRecord(history);
  const label = await keyLabel(record.keyId);
  let chain = EMPTY_CHAIN;
  for (const { logIndex, leaf } of history) chain = await extendChain(chain, label, logIndex, leaf);
  const value = await trieAnswer(parseTrieProof(trieProof), scene.epoch.root, label);
  const keyIdHex = toHex(record.keyId);
  demand(
    value && sameBytes(value, await chainValue(chain)),
    'key_incomplete',
    `these are not all the entries the log has about the key ${keyIdHex}`,
  );
  demand(!keys.has(keyIdHex), 'key_twice', `the key ${keyIdHex} is listed twice`);
  keys.set(keyIdHex, { position, record, keyIdHex, used: false });
}

/** What one key's entries say together: an enrolment, and at most one revocation after it. */
function keyRecord(history) {
  demand(history.length > 0, 'no_key_entry', 'no entry');
  const [{ entry: first, logIndex: enrolledAt }, ...later] = history;
  const named = (entry) => `issuer key ${toHex(entry.keyId)}`;
  demand(first.action === 'enrolled', 'key_history', `${named(first)} is not enrolled`);
  let revokedAt = null;
  for (const { entry, logIndex } of later) {
    demand(entry.action === 'revoked', 'key_history', `${named(entry)} is enrolled twice`);
    demand(sameBytes(entry.keyId, first.keyId), 'key_history', `${named(entry)} is not enrolled`);
    demand(revokedAt === null, 'key_history', `${named(entry)} is revoked twice`);
    revokedAt = { logIndex, reason: entry.reason };
  }
  return { ...first, enrolledAt, revokedAt };
}

async function notice(signed, scene) {
  const read = await verifyNotice(signed, scene.logKey);
  demand(sameBytes(read.label, scene.label), 'notice_of_other_vehicle', 'the notice is about another vehicle');
  // Else one notice, signed once, could stand for every statement there will ever be.
  demand(
    read.through < scene.last,
    'notice_ahead',
    `the notice covers log indices up to ${read.through}, and the last before the index entry is ${scene.last - 1n}: ` +
      'nobody can erase what was not stated yet',
  );
  return read;
}

/** One statement of the list: its entry, who signed, and its content or word of the content's erasure. */
async function statementItem(item, progress, keys, notices, scene, report) {
  const leaf = await leafHash(item.entry);
  const entry = await statementEntry(item, leaf, progress.before, scene);
  const digestHex = toHex(entry.digest);
  demand(
    !progress.digests.has(digestHex),
    'digest_twice',
    `the statement ${digestHex} stands in the log before, and each may be sealed once`,
  );
  progress.digests.add(digestHex);
  const issuer = entitled(keys, entry.keyId, item.logIndex);
  const shown = { logIndex: item.logIndex, digest: entry.digest, issuer, supersededBy: [], contestedBy: [] };
  if (item.content.statement !== undefined) {
    report.statements.push({ ...shown, ...(await content(item.content.statement, entry, issuer, scene)) });
  } else {
    report.erased.push({ ...shown, notice: erased(notices, item) });
  }
  progress.chain = await extendChain(progress.chain, scene.label, item.logIndex, leaf);
  progress.before = item.logIndex;
}

/** The item's entry: in order, in the log, and about this vehicle. */
async function statementEntry(item, leaf, before, scene) {
  demandOrder(scene, before, item.logIndex);
  await included(scene.log, item.logIndex, leaf, item.inclusion);
  const entry = await decodeEntry(item.entry);
  demand(entry.kind === 'S', 'entry_kind', 'not an entry of type S');
  demand(
    entry.vrfEpoch === scene.epoch.epoch,
    'entry_epoch',
    `the entry is of VRF epoch ${entry.vrfEpoch}, the index of ${scene.epoch.epoch}`,
  );
  demand(sameBytes(entry.label, scene.label), 'entry_label', 'the entry is about another vehicle');
  return entry;
}

/** The key, if it was valid at this log index. */
function entitled(keys, keyId, at) {
  const keyIdHex = toHex(keyId);
  const key = keys.get(keyIdHex);
  demand(key, 'key_not_listed', `the key ${keyIdHex} is not among the issuer keys of the file`);
  key.used = true;
  const { record } = key;
  demand(
    record.enrolledAt < at && (record.revokedAt === null || at < record.revokedAt.logIndex),
    'key_not_valid',
    `the key ${keyIdHex} was not valid at this log index`,
  );
  return record;
}

/** The content: signed by that key, the one the entry commits to, and within the issuer's role. */
async function content(compact, entry, issuer, scene) {
  const statement = await asRefusal('statement', () => parseStatement(compact));
  await asRefusal('signature', () => verifyStatement(statement, issuer.publicKey));
  demand(
    sameBytes(statement.digest, entry.digest),
    'digest',
    `its digest is ${toHex(statement.digest)}, and the log has ${toHex(entry.digest)}`,
  );
  const { claims, disclosed, hidden } = statement;
  demand(claims.vid === scene.vehicle, 'statement_of_other_vehicle', `the statement is about ${claims.vid}`);
  demand(
    claims.iss === issuer.issuer,
    'issuer',
    `the statement is by ${JSON.stringify(claims.iss)}, and its key is enrolled for ${JSON.stringify(issuer.issuer)}`,
  );
  demand(
    TYPES.get(claims.typ).issuers.some((role) => issuer.roles.includes(role)),
    'role',
    `none of the issuer's roles (${issuer.roles.join(', ')}) may state ${claims.typ}`,
  );
  return { claims, disclosed, hidden };
}

async function asRefusal(reason, run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StatementFault)) throw error;
    throw new Refused(reason, reason === 'statement' ? `not a statement: ${error.message}` : error.message);
  }
}

/** The notice that accounts for a missing content. */
function erased(notices, item) {
  const position = item.content.erased;
  const named = position < BigInt(notices.length) ? notices[Number(position)] : null;
  demand(named, 'notice_missing', `its content is said to be erased by notice ${position}, which is not in the file`);
  named.used = true;
  demand(
    item.logIndex <= named.notice.through,
    'not_erased',
    `its content is missing, and the notice covers only log indices up to ${named.notice.through}`,
  );
  return named.notice;
}

/** Tells each statement which later ones correct it, and which say so without being entitled to. */
function linkSuperseded(report) {
  const corrections = report.statements.filter(({ claims }) => claims.supersedes);
  for (const item of [...report.statements, ...report.erased]) {
    for (const { claims, logIndex, issuer } of corrections) {
      if (!sameBytes(claims.supersedes, item.digest) || logIndex <= item.logIndex) continue;
      const may = issuer.issuer === item.issuer.issuer || issuer.roles.includes('dispute_panel');
      (may ? item.supersededBy : item.contestedBy).push(logIndex);
    }
  }
}
