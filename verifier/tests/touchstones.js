// Makes the signatures that implementations of Ed25519 disagree on, for TOUCHSTONES in src/ed25519.js. Deterministic.

import { fromLittleEndian, toHex, toUtf8 } from '../src/bytes.js';
import {
  BASE,
  NEUTRAL,
  ORDER,
  add,
  compress,
  decompress,
  double,
  isOfSmallOrder,
  multiplyTwo,
  toLittleEndian32,
} from '../src/edwards.js';
import { sha512 } from '../src/hash.js';

const times = (number, point) => multiplyTwo(number, point, 0n, NEUTRAL);

/** A point of order eight: the group's order times a point that is not of the base point's group. */
function pointOfOrderEight() {
  for (let y = 2n; ; y += 1n) {
    const found = decompress(toLittleEndian32(y));
    const torsion = found && times(ORDER, found.point);
    if (torsion && isOfSmallOrder(torsion) && !isNeutral(double(double(torsion)))) return torsion;
  }
}

const isNeutral = (point) => point.X === 0n && point.Y === point.Z;

const secret = fromLittleEndian(toUtf8('touchstones of the Carnet kit!!!')) % ORDER;
const nonce = fromLittleEndian(toUtf8('a nonce that signs nothing else!')) % ORDER;

async function sign(key, r, message) {
  const k = fromLittleEndian(await sha512(r, key, toUtf8(message))) % ORDER;
  const s = toLittleEndian32((nonce + k * secret) % ORDER);
  return { k, signature: toHex(r) + toHex(s) };
}

/** The four cases, each with the judgement of the strict, cofactorless rule. */
export async function touchstones() {
  const torsion = pointOfOrderEight();
  const key = compress(times(secret, BASE));
  const mixedKey = compress(add(times(secret, BASE), torsion));
  const r = compress(times(nonce, BASE));
  const mixedR = compress(add(times(nonce, BASE), torsion));
  const made = async (signer, commitment, message, holds) => {
    const { signature } = await sign(signer, commitment, message);
    return { key: toHex(signer), message, signature, holds };
  };
  const cases = [
    await made(key, r, 'an ordinary signature', true),
    await made(key, mixedR, 'R has a part of order eight', false),
  ];
  // With a key of mixed order the equation holds exactly when the challenge is a multiple of eight.
  const wanted = { true: false, false: false };
  for (let count = 0; !(wanted.true && wanted.false); count += 1) {
    const message = `the key has a part of order eight (${count})`;
    const holds = (await sign(mixedKey, r, message)).k % 8n === 0n;
    if (!wanted[holds]) cases.push(await made(mixedKey, r, message, holds));
    wanted[holds] = true;
  }
  return cases;
}
