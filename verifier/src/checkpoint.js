// Checkpoints (c2sp.org/tlog-checkpoint): the text a log signs to commit to its tree.

import { fromBase64 } from './bytes.js';
import { demand } from './refusal.js';

/** A number of at most 64 bits in ASCII decimal without sign or leading zeros, or null. */
export function fromDecimal(text) {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const number = BigInt(text);
  return number < 2n ** 64n ? number : null;
}

/** The checkpoint in the text of a note. That says nothing about who signed it. */
export function parseCheckpoint(text) {
  const lines = text.split('\n');
  demand(
    lines.length >= 4 && lines.at(-1) === '',
    'checkpoint_text',
    'a checkpoint has at least three lines, each ended by a newline',
  );
  const [origin, sizeText, rootText, ...extensions] = lines.slice(0, -1);
  demand(origin !== '', 'checkpoint_text', 'line 1 of the checkpoint is empty');
  const size = fromDecimal(sizeText);
  demand(size !== null, 'checkpoint_text', `${JSON.stringify(sizeText)} is not a tree size`);
  const root = fromBase64(rootText);
  demand(root?.length === 32, 'checkpoint_text', `${JSON.stringify(rootText)} is not the base64 of a root hash`);
  const empty = extensions.indexOf('');
  demand(empty < 0, 'checkpoint_text', `line ${empty + 4} of the checkpoint is empty`);
  return { origin, size, root };
}
