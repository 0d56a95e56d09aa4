// The group ristretto255 (RFC 9496): elements are points of edwards25519, and each element has one encoding.

import { fromLittleEndian } from './bytes.js';
import { D, P, SQRT_M1, absolute, add, isNegative, mod, sqrtRatio, toLittleEndian32 } from './edwards.js';

// RFC 9496, section 4.1.
const SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235n;
const INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578n;
const ONE_MINUS_D_SQ = 1159843021668779879193775521855586647937357759715417654439879720876111806838n;
const D_MINUS_ONE_SQ = 40440834346308536858101042469323190826248399146238708352240133220865137265952n;

/** The element in 32 bytes (section 4.3.1), or null where they are not the one encoding of an element. */
export function decodeElement(bytes) {
  const s = fromLittleEndian(bytes);
  if (s >= P || isNegative(s)) return null;
  const ss = mod(s * s);
  const u1 = mod(1n - ss);
  const u2 = mod(1n + ss);
  const u2Squared = mod(u2 * u2);
  const v = mod(-D * mod(u1 * u1) - u2Squared);
  const { wasSquare, root } = sqrtRatio(1n, mod(v * u2Squared));
  const denX = mod(root * u2);
  const denY = mod(mod(root * denX) * v);
  const x = absolute(2n * s * denX);
  const y = mod(u1 * denY);
  const t = mod(x * y);
  if (!wasSquare || isNegative(t) || y === 0n) return null;
  return { X: x, Y: y, Z: 1n, T: t };
}

/** The element's encoding (section 4.3.2). */
export function encodeElement(point) {
  const u1 = mod((point.Z + point.Y) * (point.Z - point.Y));
  const u2 = mod(point.X * point.Y);
  const { root } = sqrtRatio(1n, mod(u1 * mod(u2 * u2)));
  const den1 = mod(root * u1);
  const den2 = mod(root * u2);
  const zInverse = mod(mod(den1 * den2) * point.T);
  const rotate = isNegative(point.T * zInverse);
  const x = rotate ? mod(point.Y * SQRT_M1) : point.X;
  const y = rotate ? mod(point.X * SQRT_M1) : point.Y;
  const denominator = rotate ? mod(den1 * INVSQRT_A_MINUS_D) : den2;
  const side = isNegative(x * zInverse) ? mod(-y) : y;
  return toLittleEndian32(absolute(denominator * (point.Z - side)));
}

/** An element from 64 uniform bytes (section 4.3.4). */
export function elementFromUniform(bytes) {
  const half = (part) => mapToElement(fromLittleEndian(part) & ((1n << 255n) - 1n));
  return add(half(bytes.subarray(0, 32)), half(bytes.subarray(32, 64)));
}

function mapToElement(number) {
  const t = mod(number);
  const r = mod(SQRT_M1 * mod(t * t));
  const u = mod((r + 1n) * ONE_MINUS_D_SQ);
  const v = mod((-1n - r * D) * (r + D));
  const { wasSquare, root } = sqrtRatio(u, v);
  const s = wasSquare ? root : mod(-absolute(root * t));
  const c = wasSquare ? P - 1n : r;
  const n = mod(mod(c * (r - 1n)) * D_MINUS_ONE_SQ - v);
  const ss = mod(s * s);
  const w0 = mod(2n * s * v);
  const w1 = mod(n * SQRT_AD_MINUS_ONE);
  const w2 = mod(1n - ss);
  const w3 = mod(1n + ss);
  return { X: mod(w0 * w3), Y: mod(w2 * w1), Z: mod(w1 * w3), T: mod(w0 * w2) };
}
