// Inclusion in the log: RFC 6962, verified as in RFC 9162, section 2.1.3.2, which checks the length of a proof by consuming
// the tree's shape.

import { sameBytes } from './bytes.js';
import { nodeHash } from './hash.js';
import { demand } from './refusal.js';

/** Checks that `leaf` is the leaf hash at `index` in the tree of `size` leaves with this `root`. */
export async function verifyInclusion(index, size, leaf, proof, root) {
  demand(index < size, 'inclusion', `leaf ${index} is not in a tree of ${size} leaves`);
  const wrongLength = `a proof of ${proof.length} hashes does not fit these sizes`;
  let node = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    demand(last > 0n, 'inclusion', wrongLength);
    if ((node & 1n) === 1n || node === last) {
      // The last node of a height without a right sibling was promoted: pass the heights where it had none.
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
      hash = await nodeHash(sibling, hash);
    } else {
      hash = await nodeHash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  demand(last === 0n, 'inclusion', wrongLength);
  demand(sameBytes(hash, root), 'inclusion', 'the proof leads to another root');
}
