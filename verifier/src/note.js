// Signed notes (c2sp.org/signed-note) and verifier keys, in the profile of spec/tlog-profile.md.

import { fromBase64, fromBigEndian, fromUtf8, sameBytes, toUtf8 } from './bytes.js';
import { isUsableKey, verifyStrict } from './ed25519.js';
import { sha256 } from './hash.js';
import { Refused, demand } from './refusal.js';

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** Signature types: of a log over the text, and of a witness over the text with a time. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

/** Whether this can name a key: not empty, no white space, no control character, no plus sign. */
export const isKeyName = (name) => name !== '' && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);

/** A verifier key from `<name>+<key ID>+<base64 of type and public key>`. */
export async function readVerifierKey(text) {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  const malformed = `${JSON.stringify(text)} is not a verifier key of the form <name>+<key ID>+<base64>`;
  demand(first >= 0 && second >= 0, 'key', malformed);
  const name = text.slice(0, first);
  const id = text.slice(first + 1, second);
  const key = fromBase64(text.slice(second + 1));
  demand(isKeyName(name) && /^[0-9a-fA-F]{8}$/.test(id) && key && key.length > 0, 'key', malformed);
  const [type] = key;
  demand(
    type === ED25519 || type === COSIGNATURE,
    'key',
    `verifier key ${name} has signature type ${type}; only 1 and 4 are supported`,
  );
  demand(key.length === 33, 'key', malformed);
  const publicKey = key.slice(1);
  demand(isUsableKey(publicKey), 'key', `verifier key ${name} is not a usable Ed25519 public key`);
  const keyId = await verifierKeyId(name, type, publicKey);
  demand(
    fromBigEndian(keyId) === BigInt(`0x${id}`),
    'key',
    `verifier key ${name} has a key ID that does not belong to it`,
  );
  return { name, type, publicKey, keyId };
}

async function verifierKeyId(name, type, publicKey) {
  const digest = await sha256(toUtf8(name), Uint8Array.of(0x0a, type), publicKey);
  return digest.slice(0, 4);
}

/** A note's text and its signature lines. Nothing in it is to be believed before `verifyNote`. */
export function parseNote(bytes) {
  demand(bytes.length <= MAX_NOTE_BYTES, 'note', `the note has ${bytes.length} bytes, more than ${MAX_NOTE_BYTES}`);
  const note = fromUtf8(bytes);
  demand(note !== null, 'note', 'the note is not UTF-8');
  demand(!/[\u0000-\u0009\u000b-\u001f]/.test(note), 'note', 'the note has a control character');
  const end = note.lastIndexOf('\n\n');
  demand(
    end >= 0 && note.endsWith('\n') && note.length > end + 2,
    'note',
    'the note has no signature lines, or the last is not ended by a newline',
  );
  const lines = note.slice(end + 2, -1).split('\n');
  demand(lines.length <= MAX_SIGNATURES, 'note', `the note has more than ${MAX_SIGNATURES} signature lines`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line) {
  const malformed = `malformed signature line ${JSON.stringify(line.slice(0, 200))}`;
  demand(line.startsWith('— '), 'note', malformed);
  const rest = line.slice(2);
  const space = rest.indexOf(' ');
  demand(space >= 0, 'note', malformed);
  const name = rest.slice(0, space);
  const bytes = fromBase64(rest.slice(space + 1));
  demand(isKeyName(name) && bytes && bytes.length > 4, 'note', malformed);
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/**
 * Verifies the lines of the keys in `known` and ignores all others. One item for each key that signed, in the order of
 * `known`, with the newest time of a cosigner; never empty.
 */
export async function verifyNote(note, known) {
  const verified = [];
  for (const [position, key] of known.entries()) {
    const namesake = known
      .slice(0, position)
      .find((other) => other.name === key.name && sameBytes(other.keyId, key.keyId));
    if (namesake) {
      demand(
        namesake.type === key.type && sameBytes(namesake.publicKey, key.publicKey),
        'bad_signature',
        `two different known keys are called ${key.name} and share a key ID`,
      );
      continue;
    }
    let newest = null;
    for (const line of note.signatures) {
      if (line.name !== key.name || !sameBytes(line.keyId, key.keyId)) continue;
      const time = key.type === COSIGNATURE ? await cosignatureTime(note.text, line, key) : null;
      if (key.type === ED25519) await demandSignature(key, note.text, line.signature);
      if (newest === null || (time !== null && time > newest.time)) newest = { key, time };
    }
    if (newest) verified.push(newest);
  }
  if (verified.length === 0) throw new Refused('no_known_signature', 'the note is not signed by a known key');
  return verified;
}

async function demandSignature(key, text, signature) {
  demand(
    await verifyStrict(key.publicKey, toUtf8(text), signature),
    'bad_signature',
    `the signature by ${key.name} does not verify`,
  );
}

/** The time of one cosignature (c2sp.org/tlog-cosignature), in POSIX seconds, after verifying it. */
async function cosignatureTime(text, line, key) {
  const failed = `the signature by ${key.name} does not verify`;
  demand(line.signature.length === 72, 'bad_signature', failed);
  const time = fromBigEndian(line.signature.subarray(0, 8));
  demand(time <= MAX_TIMESTAMP, 'bad_signature', failed);
  await demandSignature(key, `cosignature/v1\ntime ${time}\n${text}`, line.signature.subarray(8));
  return time;
}
