// Ed25519 under the strict rule of spec/statement.md: S below the group order, no point of small order as key or as R, R
// in its one encoding, the cofactorless equation. Implementations in the wild differ in exactly these, so the browser's is
// used only after it has judged the cases below as the rule wants; otherwise the equation is computed here.

import { fromHex, fromLittleEndian, sameBytes, toUtf8 } from './bytes.js';
import { BASE, ORDER, compress, decompress, isOfSmallOrder, multiplyTwo, negate } from './edwards.js';
import { sha512 } from './hash.js';

/** Whether these 32 bytes are a public key a signature may be accepted from: a point, and not one of small order. */
export function isUsableKey(publicKey) {
  const key = decompress(publicKey);
  return key !== null && !isOfSmallOrder(key.point);
}

/** Whether `signature` (64 bytes) is one by `publicKey` (32 bytes) over `message`, strictly. */
export async function verifyStrict(publicKey, message, signature) {
  if (signature.length !== 64) return false;
  const s = fromLittleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const key = decompress(publicKey);
  const r = decompress(signature.subarray(0, 32));
  if (!key || !r || !r.canonical || isOfSmallOrder(key.point) || isOfSmallOrder(r.point)) return false;
  // A key in its other spelling is hashed as it stands; some implementations would refuse it.
  if (key.canonical && (await platformIsStrict())) return platformVerifies(publicKey, message, signature);
  return equationHolds(publicKey, key.point, message, signature);
}

/** The cofactorless equation R = S·B − k·A, compared as bytes, in BigInt. */
export async function equationHolds(publicKey, keyPoint, message, signature) {
  const rBytes = signature.subarray(0, 32);
  const k = fromLittleEndian(await sha512(rBytes, publicKey, message)) % ORDER;
  const s = fromLittleEndian(signature.subarray(32));
  return sameBytes(compress(multiplyTwo(s, BASE, k, negate(keyPoint))), rBytes);
}

async function platformVerifies(publicKey, message, signature) {
  const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message);
}

let platform = null;

/** Whether the browser has Ed25519 and applies the cofactorless equation. Asked once. */
export function platformIsStrict() {
  platform ??= judgesAsWanted();
  return platform;
}

/** As in a browser without Ed25519; for tests. */
export function distrustPlatform() {
  platform = Promise.resolve(false);
}

async function judgesAsWanted() {
  try {
    for (const { key, message, signature, holds } of TOUCHSTONES) {
      const judged = await platformVerifies(fromHex(key, 32), toUtf8(message), fromHex(signature, 64));
      if (judged !== holds) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Signatures that implementations disagree on. Keys and R of mixed order are sums with a point of order eight: an
 * implementation that multiplies the equation by the cofactor accepts all four. Made by tests/touchstones.js.
 */
export const TOUCHSTONES = [
  {
    key: '3b5c7cec7b8af3bc2819e8e32c7ef3b0d1204dbba405f3b7a62af71075844f83',
    message: 'an ordinary signature',
    signature:
      '13d11ad196f96f474e2565a5c84f28f149665529db0799acb6f1aae602690526' +
      '13b9f17b334ded9bfcd3186e8174395255e37eb62c839150fbe6a687d6c4d309',
    holds: true,
  },
  {
    key: '3b5c7cec7b8af3bc2819e8e32c7ef3b0d1204dbba405f3b7a62af71075844f83',
    message: 'R has a part of order eight',
    signature:
      'c57b5de1b27e27d4255e302a8ba11cd7c51e45655477dd076b2ca0f5de85de89' +
      '6103a0a7ce076a6065df4ef8ab81db2d71e5dbfad208bf0a73626f0392a67d09',
    holds: false,
  },
  {
    key: '44dfe9c49a36cae59446cdc1fe783c51912a816b51f68c108646f7805cdede5c',
    message: 'the key has a part of order eight (0)',
    signature:
      '13d11ad196f96f474e2565a5c84f28f149665529db0799acb6f1aae602690526' +
      '1d296dd44f34e8d947843c15ac841937a0e37809f0960c5c5697c72dfc6b2704',
    holds: false,
  },
  {
    key: '44dfe9c49a36cae59446cdc1fe783c51912a816b51f68c108646f7805cdede5c',
    message: 'the key has a part of order eight (5)',
    signature:
      '13d11ad196f96f474e2565a5c84f28f149665529db0799acb6f1aae602690526' +
      '59768728259f8e51552bde9e09c7626fce297ef8e55b87591288374a08679006',
    holds: true,
  },
];
