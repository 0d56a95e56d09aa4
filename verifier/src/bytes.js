// Bytes and their text forms, each with one accepted spelling: what parses prints back the same, so nobody can respell a
// signed artefact.

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** One byte string from several. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same. Nothing here is secret, so time may vary. */
export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Lower-case hex. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Exactly `length` bytes from lower-case hex, or null. */
export function fromHex(text, length) {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** UTF-8. */
export function toUtf8(text) {
  return new TextEncoder().encode(text);
}

/** Text from UTF-8, a byte order mark included; null where it is not UTF-8. */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A number in `width` bytes, most significant first. */
export function bigEndian(number, width) {
  const bytes = new Uint8Array(width);
  let rest = BigInt(number);
  for (let at = width - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The number in bytes, most significant first. */
export function fromBigEndian(bytes) {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The number in bytes, least significant first. */
export function fromLittleEndian(bytes) {
  return fromBigEndian(Uint8Array.from(bytes).reverse());
}

/** Standard padded base64 (RFC 4648, section 4). */
export function toBase64(bytes) {
  const text = encode(bytes, STANDARD);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** base64url without padding (RFC 7515, section 2). */
export function toBase64Url(bytes) {
  return encode(bytes, URL_SAFE);
}

/** Bytes from what `toBase64` writes, or null: padding required, unused bits zero, no white space. */
export function fromBase64(text) {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text, text.length - padding, STANDARD_VALUES);
}

/** Bytes from what `toBase64Url` writes, or null. */
export function fromBase64Url(text) {
  return decode(text, text.length, URL_SAFE_VALUES);
}

function values(alphabet) {
  const table = new Int8Array(128).fill(-1);
  for (let value = 0; value < 64; value += 1) table[alphabet.charCodeAt(value)] = value;
  return table;
}

const STANDARD_VALUES = values(STANDARD);
const URL_SAFE_VALUES = values(URL_SAFE);

function encode(bytes, alphabet) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const characters = Math.min(4, Math.ceil(((bytes.length - at) * 8) / 6));
    for (let index = 0; index < characters; index += 1) text += alphabet[(group >> (18 - 6 * index)) & 63];
  }
  return text;
}

function decode(text, length, table) {
  if (length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    const value = code < 128 ? table[code] : -1;
    if (value < 0) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : null;
}
