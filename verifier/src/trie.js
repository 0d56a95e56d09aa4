// What the index says about one label (spec/index.md, "Proof").

import { fromBigEndian, sameBytes } from './bytes.js';
import { emptyTrieRoot, trieLeafHash, trieNodeHash } from './hash.js';
import { Refused, demand } from './refusal.js';

/** A proof from its one encoding: count u16, steps (bit u16, sibling[32]), 0 or 1 and label[32], value[32]. */
export function parseTrieProof(bytes) {
  let at = 0;
  const take = (length) => {
    demand(at + length <= bytes.length, 'trie_proof', 'the encoded proof ends in the middle');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (length) => Number(fromBigEndian(take(length)));
  const steps = [];
  for (let count = number(2); count > 0; count -= 1) steps.push({ bit: number(2), sibling: take(32) });
  const flag = number(1);
  demand(flag <= 1, 'trie_proof', `the encoded proof has ${flag} where 0 or 1 says whether a leaf follows`);
  const terminal = flag === 1 ? { label: take(32), value: take(32) } : null;
  demand(at === bytes.length, 'trie_proof', `the encoded proof has ${bytes.length - at} bytes too many`);
  steps.forEach(({ bit }, step) => {
    demand(bit <= 255, 'trie_proof', `step ${step} decides at bit ${bit}, and a label has bits 0 to 255`);
    demand(
      step === 0 || bit > steps[step - 1].bit,
      'trie_proof',
      `step ${step} decides at a bit that is not later than the one above it`,
    );
  });
  demand(terminal || steps.length === 0, 'trie_proof', 'the proof has steps and no leaf at their end');
  return { steps, terminal };
}

/** The value the trie with this root holds for `key`, or null where it holds none; refuses a proof that shows neither. */
export async function trieAnswer(proof, root, key) {
  const { steps, terminal } = proof;
  const hash = terminal ? await climb(steps, terminal, key) : await emptyTrieRoot();
  if (!sameBytes(hash, root)) throw new Refused('trie_proof', 'the proof leads to another root');
  return terminal && sameBytes(terminal.label, key) ? terminal.value : null;
}

async function climb(steps, terminal, key) {
  let hash = await trieLeafHash(terminal.label, terminal.value);
  for (const { bit, sibling } of [...steps].reverse()) {
    const right = (key[bit >> 3] >> (7 - (bit & 7))) & 1;
    hash = right ? await trieNodeHash(bit, sibling, hash) : await trieNodeHash(bit, hash, sibling);
  }
  return hash;
}
