// The hashes of the formats, from the browser's own cryptography, and the tags that keep one kind of hash apart from any
// other (spec/index.md).

import { bigEndian, concat, toUtf8 } from './bytes.js';

/** SHA-256 over the parts, joined. */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

/** SHA-512 over the parts, joined. */
export async function sha512(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', concat(...parts)));
}

const tag = (byte) => Uint8Array.of(byte);

/** A leaf of the log (RFC 6962, section 2.1). */
export const leafHash = (entry) => sha256(tag(0x00), entry);

/** A node of the log. */
export const nodeHash = (left, right) => sha256(tag(0x01), left, right);

/** The root of an empty trie. */
export const emptyTrieRoot = () => sha256(tag(0x10), toUtf8('carnet/index/v1'));

/** A leaf of the trie. */
export const trieLeafHash = (label, value) => sha256(tag(0x11), label, value);

/** A node of the trie that decides at `bit`. */
export const trieNodeHash = (bit, left, right) => sha256(tag(0x12), bigEndian(bit, 2), left, right);

/** What the index holds for a chain. */
export const chainValue = (chain) => sha256(tag(0x13), bigEndian(chain.count, 8), chain.head);

/** The label of an issuer key. */
export const keyLabel = (keyId) => sha256(tag(0x15), keyId);

/** What names an issuer's public key everywhere else. */
export const keyIdOf = (publicKey) => sha256(tag(0x16), publicKey);

/** The chain before its first entry. */
export const EMPTY_CHAIN = Object.freeze({ count: 0n, head: new Uint8Array(32) });

/** The chain with one more entry, at `logIndex`, with the leaf hash `leaf`. */
export async function extendChain(chain, label, logIndex, leaf) {
  const count = chain.count + 1n;
  const head = await sha256(tag(0x14), label, bigEndian(count, 8), bigEndian(logIndex, 8), leaf, chain.head);
  return { count, head };
}
