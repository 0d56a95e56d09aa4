// The verifiable random function of c2sp.org/vrf-r255: ECVRF of RFC 9381 over ristretto255 with SHA-512. Keys are always
// validated, because the holder of the key is the very party that could gain from a label that is not unique.

import { fromLittleEndian, sameBytes, toUtf8 } from './bytes.js';
import { BASE, ORDER, multiplyTwo, negate } from './edwards.js';
import { sha512 } from './hash.js';
import { demand } from './refusal.js';
import { decodeElement, elementFromUniform, encodeElement } from './ristretto.js';

const SUITE = Uint8Array.of(0xff, ...toUtf8('c2sp.org/vrf-r255'));
const BACK = Uint8Array.of(0x00);

/** The public key in 32 bytes; refuses other encodings than the one, and the identity. */
export function readVrfKey(bytes) {
  const point = bytes.length === 32 ? decodeElement(bytes) : null;
  demand(point, 'vrf_key_form', 'not a VRF public key: the bytes do not encode a ristretto255 element');
  demand(bytes.some((byte) => byte !== 0), 'vrf_key_form', 'not a VRF public key: it is the identity element');
  return { bytes, point };
}

/** The 64-byte output that the 80-byte `proof` shows for `input` (RFC 9381, section 5.3). */
export async function vrfOutput(key, input, proof) {
  demand(proof.length === 80, 'vrf_proof', `a VRF proof has 80 bytes, this one has ${proof.length}`);
  const gammaBytes = proof.subarray(0, 32);
  const gamma = decodeElement(gammaBytes);
  const challenge = proof.subarray(32, 48);
  const c = fromLittleEndian(challenge);
  const s = fromLittleEndian(proof.subarray(48, 80));
  demand(gamma && s < ORDER, 'vrf_proof', 'not a VRF proof: its parts are not in canonical form');

  const h = elementFromUniform(await sha512(SUITE, Uint8Array.of(0x82), key.bytes, input));
  const u = multiplyTwo(s, BASE, c, negate(key.point));
  const v = multiplyTwo(s, h, c, negate(gamma));
  const expected = await sha512(
    SUITE,
    Uint8Array.of(0x02),
    key.bytes,
    encodeElement(h),
    gammaBytes,
    encodeElement(u),
    encodeElement(v),
    BACK,
  );
  demand(
    sameBytes(expected.subarray(0, 16), challenge),
    'vrf_proof',
    'the VRF proof does not fit this key and input',
  );
  return sha512(SUITE, Uint8Array.of(0x03), gammaBytes, BACK);
}
