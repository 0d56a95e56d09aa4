// What the vectors do not reach: the strict rule for Ed25519, strict JSON, times, and typed vehicle numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bigEndian, concat, fromBase64, fromBase64Url, fromHex, toBase64, toBase64Url, toUtf8 } from '../src/bytes.js';
import { TOUCHSTONES, equationHolds, isUsableKey, verifyStrict } from '../src/ed25519.js';
import { BASE, NEUTRAL, ORDER, compress, decompress, multiplyTwo, toLittleEndian32 } from '../src/edwards.js';
import { parseEventTime, parseNoticeTime } from '../src/event_time.js';
import { trieLeafHash, trieNodeHash } from '../src/hash.js';
import { JsonFault, JsonNumber, parseJson } from '../src/json.js';
import { Refused } from '../src/refusal.js';
import { decodeElement, encodeElement } from '../src/ristretto.js';
import { parseTrieProof, trieAnswer } from '../src/trie.js';
import { vehicleIdFromTyped } from '../src/vehicle_id.js';
import { touchstones } from './touchstones.js';

test('the touchstones are the ones that are made, and the equation judges them as written', async () => {
  assert.deepEqual(TOUCHSTONES, await touchstones());
  for (const { key, message, signature, holds } of TOUCHSTONES) {
    const publicKey = fromHex(key, 32);
    const { point } = decompress(publicKey);
    assert.equal(await equationHolds(publicKey, point, toUtf8(message), fromHex(signature, 64)), holds, message);
    assert.equal(await verifyStrict(publicKey, toUtf8(message), fromHex(signature, 64)), holds, message);
  }
});

test('a signature with S beyond the group order, or another length, is refused', async () => {
  const [{ key, message, signature }] = TOUCHSTONES;
  const bytes = fromHex(signature, 64);
  const s = bytes.slice(32).reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
  const larger = Uint8Array.from([...bytes.slice(0, 32), ...toLittleEndian32(s + ORDER)]);
  assert.equal(await verifyStrict(fromHex(key, 32), toUtf8(message), larger), false);
  assert.equal(await verifyStrict(fromHex(key, 32), toUtf8(message), bytes.slice(0, 63)), false);
});

test('no point of small order is a key', () => {
  // The eight points, and those of them that have a second spelling (y + p).
  const small = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ];
  for (const key of small) assert.equal(isUsableKey(fromHex(key, 32)), false, key);
  assert.equal(isUsableKey(compress(BASE)), true);
  assert.equal(isUsableKey(toLittleEndian32(2n)), false, 'not on the curve');
});

test('a proof whose bits do not rise is refused even where it leads to the root', async () => {
  const [label, value, sibling] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  const proofOf = (bits) => {
    const steps = bits.map((bit) => concat(bigEndian(bit, 2), sibling));
    return concat(bigEndian(bits.length, 2), ...steps, Uint8Array.of(1), label, value);
  };
  const rootOf = async (bits) => {
    let hash = await trieLeafHash(label, value);
    // The label has 1 at bit 7 and 15, and 0 at the other bits that are named here.
    for (const bit of [...bits].reverse()) {
      hash = bit % 8 === 7 ? await trieNodeHash(bit, sibling, hash) : await trieNodeHash(bit, hash, sibling);
    }
    return hash;
  };
  assert.deepEqual(await trieAnswer(parseTrieProof(proofOf([3, 7, 15])), await rootOf([3, 7, 15]), label), value);
  for (const bits of [[3, 3], [7, 3], [3, 256]]) {
    const root = await rootOf(bits);
    await assert.rejects(async () => trieAnswer(parseTrieProof(proofOf(bits)), root, label), Refused, String(bits));
  }
});

test('small multiples of the ristretto255 generator are those of RFC 9496', () => {
  const expected = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
    '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919',
    '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259',
  ];
  for (const [multiple, encoding] of expected.entries()) {
    const point = multiplyTwo(BigInt(multiple), BASE, 0n, NEUTRAL);
    assert.deepEqual(encodeElement(point), fromHex(encoding, 32));
    assert.deepEqual(encodeElement(decodeElement(fromHex(encoding, 32))), fromHex(encoding, 32));
  }
});

test('base64 has one spelling', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 0xff);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
    assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
  }
  for (const text of ['_w==', '/w', '/x==', '/w=', '=', '====', '/w==\n', ' /w=', '/w==AAAA', 'A===', 'AAA\u0100']) {
    assert.equal(fromBase64(text), null, text);
  }
  for (const text of ['_x', '_w==', '/w', '_', '_w\n', ' _w']) assert.equal(fromBase64Url(text), null, text);
});

test('JSON is read strictly', () => {
  const value = parseJson('{"a":[1,-2,3.5,1e3,18446744073709551615,null,true],"b":{"c":"\\u00fc\\ud83d\\ude00"}}', 32);
  assert.equal(value.get('b').get('c'), 'ü😀');
  assert.deepEqual(value.get('a')[4], new JsonNumber('18446744073709551615'));
  const nested = (levels) => '['.repeat(levels) + ']'.repeat(levels);
  parseJson(nested(32), 32);
  const faults = {
    duplicate: ['{"a":1,"a":1}', '[{"b":{"a":1,"a":2}}]', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}'],
    too_deep: [nested(33), '['.repeat(100_000)],
    cut_off: ['', '{', '[1', '{"a', '"\\', ' '],
    malformed: ['{}{}', '{"a":1,}', '1e400', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', 'NaN', "{'a':1}", '01',
      '1.', '.5', '+1', '-', '[1,]', '"\n"', '"\\x41"', '\ufeff{}', '\u00a0{}', 'tru', '"\\u 123"'],
  };
  for (const [kind, texts] of Object.entries(faults)) {
    for (const text of texts) {
      assert.throws(() => parseJson(text, 32), (fault) => fault instanceof JsonFault && fault.kind === kind, text);
    }
  }
});

test('times are read in their one form, and only where the calendar has them', () => {
  assert.equal(parseEventTime('2024-05-17T10:20:00+09:00[Asia/Seoul]').seconds, Date.UTC(2024, 4, 17, 1, 20) / 1000);
  assert.equal(parseEventTime('2024-02-29T00:00:00.123456789Z').seconds, Date.UTC(2024, 1, 29) / 1000);
  assert.equal(parseEventTime('2024-05-17T00:00:00-23:59').seconds, Date.UTC(2024, 4, 17, 23, 59) / 1000);
  for (const text of ['2023-02-29T00:00:00Z', '2024-13-01T00:00:00Z', '2024-05-17T24:00:00Z', '2024-05-17T10:20:60Z',
    '2024-05-17T10:20:00', '2024-05-17t10:20:00Z', '2024-05-17T10:20:00z', '2024-05-17T10:20:00+9:00',
    '2024-05-17T10:20:00+24:00', '2024-05-17T10:20:00Z[!Asia/Seoul]', '2024-05-17T10:20:00Z[Asia/Seoul][u-ca=x]',
    '2024-05-17T10:20:00.1234567890Z', '2024-05-17T10:20:00.Z', '9999-12-31T00:00:00Z', '2024-05-17T10:20:00Z\n']) {
    assert.equal(parseEventTime(text), null, text);
  }
  assert.equal(parseNoticeTime('2026-11-23T10:00:00Z'), Date.UTC(2026, 10, 23, 10) / 1000);
  for (const text of ['2026-11-23T10:00:00+00:00', '2026-11-23T10:00:00.0Z', '2026-11-31T10:00:00Z']) {
    assert.equal(parseNoticeTime(text), null, text);
  }
});

test('a vehicle number may be typed in lower case and with spaces', () => {
  assert.equal(vehicleIdFromTyped(' kmh j381abmu 123456 '), 'vin:KMHJ381ABMU123456');
  assert.equal(vehicleIdFromTyped('vin:KMHJ381ABMU123456'), 'vin:KMHJ381ABMU123456');
  assert.equal(vehicleIdFromTyped('zvw30-1234567'), 'frame:ZVW30-1234567');
  for (const text of ['', 'KMHJ381ABMU12345O', 'KMHJ381ABMU12345', '1234-5678901', 'ZVW30-12']) {
    assert.equal(vehicleIdFromTyped(text), null, text);
  }
});
