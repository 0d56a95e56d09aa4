// The curve edwards25519 in BigInt: what Ed25519 (RFC 8032) and ristretto255 (RFC 9496) are made of. Everything that is
// verified is public, so nothing here runs in constant time.

import { fromLittleEndian } from './bytes.js';

/** The field's prime. */
export const P = 2n ** 255n - 19n;
/** The order of the base point's group. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The representative of a number from 0 to p − 1. */
export function mod(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** The constant d of the curve equation −x² + y² = 1 + dx²y². */
export const D = mod(-121665n * power(121666n, P - 2n));
/** A square root of −1. */
export const SQRT_M1 = power(2n, (P - 1n) / 4n);

/** Whether a field element is negative: odd in its one representative. */
export const isNegative = (number) => (mod(number) & 1n) === 1n;

/** The one of x and −x that is not negative. */
export const absolute = (number) => (isNegative(number) ? mod(-number) : mod(number));

/** SQRT_RATIO_M1 of RFC 9496, section 4.2: whether u/v is a square, and the root of u/v or of √−1·u/v. */
export function sqrtRatio(u, v) {
  const v3 = mod(mod(v * v) * v);
  const v7 = mod(mod(v3 * v3) * v);
  let root = mod(mod(u * v3) * power(mod(u * v7), (P - 5n) / 8n));
  const check = mod(v * mod(root * root));
  const flipped = check === mod(-u);
  const flippedByI = check === mod(-u * SQRT_M1);
  if (flipped || flippedByI) root = mod(root * SQRT_M1);
  return { wasSquare: check === mod(u) || flipped, root: absolute(root) };
}

/** The neutral point, in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z. */
export const NEUTRAL = Object.freeze({ X: 0n, Y: 1n, Z: 1n, T: 0n });

/** The sum of two points; complete, so it serves for equal points too. */
export function add(a, b) {
  const A = mod((a.Y - a.X) * (b.Y - b.X));
  const B = mod((a.Y + a.X) * (b.Y + b.X));
  const C = mod(mod(a.T * 2n * D) * b.T);
  const E = B - A;
  const F = mod(2n * a.Z * b.Z) - C;
  const G = mod(2n * a.Z * b.Z) + C;
  const H = B + A;
  return { X: mod(E * F), Y: mod(G * H), Z: mod(F * G), T: mod(E * H) };
}

/** Twice a point. */
export function double(a) {
  const A = mod(a.X * a.X);
  const B = mod(a.Y * a.Y);
  const C = mod(2n * a.Z * a.Z);
  const H = A + B;
  const sum = a.X + a.Y;
  const E = H - mod(sum * sum);
  const G = A - B;
  const F = C + G;
  return { X: mod(E * F), Y: mod(G * H), Z: mod(F * G), T: mod(E * H) };
}

/** The point's opposite. */
export const negate = (a) => ({ X: mod(-a.X), Y: a.Y, Z: a.Z, T: mod(-a.T) });

/** m·a + n·b in one pass over the bits of both. */
export function multiplyTwo(m, a, n, b) {
  const both = add(a, b);
  let sum = NEUTRAL;
  for (let bit = BigInt(Math.max(m.toString(2).length, n.toString(2).length)) - 1n; bit >= 0n; bit -= 1n) {
    sum = double(sum);
    const inM = (m >> bit) & 1n;
    const inN = (n >> bit) & 1n;
    if (inM && inN) sum = add(sum, both);
    else if (inM) sum = add(sum, a);
    else if (inN) sum = add(sum, b);
  }
  return sum;
}

/** Whether eight times the point is neutral. */
export function isOfSmallOrder(point) {
  const eightfold = double(double(double(point)));
  return eightfold.X === 0n && eightfold.Y === eightfold.Z;
}

const SIGN = 1n << 255n;

/** The 32 bytes of RFC 8032, section 5.1.2. */
export function compress(point) {
  const inverse = power(point.Z, P - 2n);
  const x = mod(point.X * inverse);
  const number = mod(point.Y * inverse) | (x & 1n ? SIGN : 0n);
  return toLittleEndian32(number);
}

/**
 * The point in 32 bytes, or null where there is none. `canonical` says whether the bytes are what `compress` writes: y may
 * be written as y + p where that fits, and both spellings are read, as the reference implementation does.
 */
export function decompress(bytes) {
  const number = fromLittleEndian(bytes);
  const written = number & (SIGN - 1n);
  const y = mod(written);
  const { wasSquare, root } = sqrtRatio(mod(y * y - 1n), mod(D * mod(y * y) + 1n));
  if (!wasSquare) return null;
  const odd = (number & SIGN) !== 0n;
  const x = odd ? mod(-root) : root;
  return { point: { X: x, Y: y, Z: 1n, T: mod(x * y) }, canonical: written < P && !(root === 0n && odd) };
}

/** A number below 2²⁵⁶ in 32 bytes, least significant first. */
export function toLittleEndian32(number) {
  const bytes = new Uint8Array(32);
  for (let at = 0, rest = number; at < 32; at += 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

const BASE_Y = mod(4n * power(5n, P - 2n));
/** The base point B. */
export const BASE = Object.freeze(decompress(toLittleEndian32(BASE_Y)).point);
