// Made by build.js. Do not edit.

// src/bytes.js
const src_bytes = (() => {
// Bytes and their text forms, each with one accepted spelling: what parses prints back the same, so nobody can respell a
// signed artefact.

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** One byte string from several. */
function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same. Nothing here is secret, so time may vary. */
function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Lower-case hex. */
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Exactly `length` bytes from lower-case hex, or null. */
function fromHex(text, length) {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** UTF-8. */
function toUtf8(text) {
  return new TextEncoder().encode(text);
}

/** Text from UTF-8, a byte order mark included; null where it is not UTF-8. */
function fromUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A number in `width` bytes, most significant first. */
function bigEndian(number, width) {
  const bytes = new Uint8Array(width);
  let rest = BigInt(number);
  for (let at = width - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The number in bytes, most significant first. */
function fromBigEndian(bytes) {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The number in bytes, least significant first. */
function fromLittleEndian(bytes) {
  return fromBigEndian(Uint8Array.from(bytes).reverse());
}

/** Standard padded base64 (RFC 4648, section 4). */
function toBase64(bytes) {
  const text = encode(bytes, STANDARD);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** base64url without padding (RFC 7515, section 2). */
function toBase64Url(bytes) {
  return encode(bytes, URL_SAFE);
}

/** Bytes from what `toBase64` writes, or null: padding required, unused bits zero, no white space. */
function fromBase64(text) {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text, text.length - padding, STANDARD_VALUES);
}

/** Bytes from what `toBase64Url` writes, or null. */
function fromBase64Url(text) {
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
return { concat, sameBytes, toHex, fromHex, toUtf8, fromUtf8, bigEndian, fromBigEndian, fromLittleEndian, toBase64, toBase64Url, fromBase64, fromBase64Url };
})();

// src/hash.js
const src_hash = (() => {
// The hashes of the formats, from the browser's own cryptography, and the tags that keep one kind of hash apart from any
// other (spec/index.md).

const { bigEndian, concat, toUtf8 } = src_bytes;

/** SHA-256 over the parts, joined. */
async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

/** SHA-512 over the parts, joined. */
async function sha512(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', concat(...parts)));
}

const tag = (byte) => Uint8Array.of(byte);

/** A leaf of the log (RFC 6962, section 2.1). */
const leafHash = (entry) => sha256(tag(0x00), entry);

/** A node of the log. */
const nodeHash = (left, right) => sha256(tag(0x01), left, right);

/** The root of an empty trie. */
const emptyTrieRoot = () => sha256(tag(0x10), toUtf8('carnet/index/v1'));

/** A leaf of the trie. */
const trieLeafHash = (label, value) => sha256(tag(0x11), label, value);

/** A node of the trie that decides at `bit`. */
const trieNodeHash = (bit, left, right) => sha256(tag(0x12), bigEndian(bit, 2), left, right);

/** What the index holds for a chain. */
const chainValue = (chain) => sha256(tag(0x13), bigEndian(chain.count, 8), chain.head);

/** The label of an issuer key. */
const keyLabel = (keyId) => sha256(tag(0x15), keyId);

/** What names an issuer's public key everywhere else. */
const keyIdOf = (publicKey) => sha256(tag(0x16), publicKey);

/** The chain before its first entry. */
const EMPTY_CHAIN = Object.freeze({ count: 0n, head: new Uint8Array(32) });

/** The chain with one more entry, at `logIndex`, with the leaf hash `leaf`. */
async function extendChain(chain, label, logIndex, leaf) {
  const count = chain.count + 1n;
  const head = await sha256(tag(0x14), label, bigEndian(count, 8), bigEndian(logIndex, 8), leaf, chain.head);
  return { count, head };
}
return { sha256, sha512, leafHash, nodeHash, emptyTrieRoot, trieLeafHash, trieNodeHash, chainValue, keyLabel, keyIdOf, EMPTY_CHAIN, extendChain };
})();

// src/refusal.js
const src_refusal = (() => {
// Why something is refused. `reason` is a stable name, the same as in the reference implementation; `detail` says it in
// English for whoever looks closer.

/** What is wrong, raised where it is found. */
class Refused extends Error {
  constructor(reason, detail) {
    super(detail);
    this.name = 'Refused';
    this.reason = reason;
    this.detail = detail;
  }
}

/** The steps of verification (spec/dossier.md), by number. */
const STEPS = Object.freeze(['file', 'checkpoint', 'index', 'label', 'trie', 'statements']);

/** Refuses unless `holds`. */
function demand(holds, reason, detail) {
  if (!holds) throw new Refused(reason, detail);
}
return { Refused, STEPS, demand };
})();

// src/vehicle_id.js
const src_vehicle_id = (() => {
// Vehicle ids: `vin:` and 17 characters, or `frame:` and a Japanese frame number, one spelling for one number.

/** Whether this is a canonical id. */
function isVehicleId(text) {
  if (/^vin:[0-9A-HJ-NPR-Z]{17}$/.test(text)) return true;
  const frame = /^frame:([A-Z0-9]{2,9})-[0-9]{4,8}$/.exec(text);
  return frame !== null && /[A-Z]/.test(frame[1]);
}

/** The canonical id of what a person types, white space and letter case ignored; null where it is none. */
function vehicleIdFromTyped(text) {
  const compact = text.replace(/\p{White_Space}/gu, '').replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const typed = compact.replace(/^(VIN|FRAME):/, '');
  const kind = /^VIN:/.test(compact) ? 'vin' : /^FRAME:/.test(compact) || typed.includes('-') ? 'frame' : 'vin';
  const id = `${kind}:${typed}`;
  return isVehicleId(id) ? id : null;
}
return { isVehicleId, vehicleIdFromTyped };
})();

// src/checkpoint.js
const src_checkpoint = (() => {
// Checkpoints (c2sp.org/tlog-checkpoint): the text a log signs to commit to its tree.

const { fromBase64 } = src_bytes;
const { demand } = src_refusal;

/** A number of at most 64 bits in ASCII decimal without sign or leading zeros, or null. */
function fromDecimal(text) {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const number = BigInt(text);
  return number < 2n ** 64n ? number : null;
}

/** The checkpoint in the text of a note. That says nothing about who signed it. */
function parseCheckpoint(text) {
  const lines = text.split('\n');
  demand(
    lines.length >= 4 && lines.at(-1) === '',
    'checkpoint_text',
    'a checkpoint has at least three lines, each ended by a newline',
  );
  const [origin, sizeText, rootText, ...extensions] = lines.slice(0, -1);
  demand(origin !== '', 'checkpoint_text', 'line 1 of the checkpoint is empty');
  const size = fromDecimal(sizeText);
  demand(size !== null, 'checkpoint_text', `${JSON.stringify(sizeText)} is not a tree size`);
  const root = fromBase64(rootText);
  demand(root?.length === 32, 'checkpoint_text', `${JSON.stringify(rootText)} is not the base64 of a root hash`);
  const empty = extensions.indexOf('');
  demand(empty < 0, 'checkpoint_text', `line ${empty + 4} of the checkpoint is empty`);
  return { origin, size, root };
}
return { fromDecimal, parseCheckpoint };
})();

// src/json.js
const src_json = (() => {
// JSON read strictly (RFC 8259): a text that two readers could understand differently is refused. Objects become Maps, so
// that no member name has a meaning to this program, and numbers keep their text, so that none is rounded.

/** Why a text was not read: `cut_off`, `malformed`, `duplicate` or `too_deep`. */
class JsonFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = 'JsonFault';
    this.kind = kind;
  }
}

/** A number as it is written. */
class JsonNumber {
  constructor(text) {
    this.text = text;
  }

  /** The number if it is an integer from 0 to `largest` without fraction or exponent, as BigInt; otherwise null. */
  wholeUpTo(largest) {
    if (!/^[0-9]{1,20}$/.test(this.text)) return null;
    const number = BigInt(this.text);
    return number <= largest ? number : null;
  }
}

/** The one value in `text`; `maxDepth` bounds how deep arrays and objects may be nested. */
function parseJson(text, maxDepth) {
  const reader = new JsonReader(text, maxDepth);
  const value = reader.value(0);
  reader.skipSpace();
  if (reader.at < text.length) reader.fail('malformed', 'trailing characters');
  return value;
}

const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  constructor(text, maxDepth) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.at = 0;
  }

  fail(kind, what) {
    const before = this.text.slice(0, this.at).split('\n');
    throw new JsonFault(kind, `${what} at line ${before.length} column ${before.at(-1).length + 1}`);
  }

  skipSpace() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  /** The next character that is not white space, which is not consumed. */
  next() {
    this.skipSpace();
    if (this.at >= this.text.length) this.fail('cut_off', 'the text ends early');
    return this.text[this.at];
  }

  expect(character) {
    if (this.next() !== character) this.fail('malformed', `expected ${character}`);
    this.at += 1;
  }

  value(depth) {
    const first = this.next();
    if (first === '{') return this.object(depth + 1);
    if (first === '[') return this.array(depth + 1);
    if (first === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const form = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    form.lastIndex = this.at;
    const match = form.exec(this.text);
    if (!match) this.fail('malformed', 'expected a value');
    const [text] = match;
    // A number beyond the range of a double has no common meaning.
    if (!Number.isFinite(Number(text))) this.fail('malformed', 'number out of range');
    this.at += text.length;
    return new JsonNumber(text);
  }

  string() {
    this.at += 1;
    let whole = '';
    for (;;) {
      const plain = /[^"\\\u0000-\u001f]*/y;
      plain.lastIndex = this.at;
      const [run] = plain.exec(this.text);
      whole += run;
      this.at += run.length;
      const stop = this.text[this.at];
      if (stop === undefined) this.fail('cut_off', 'the text ends inside a string');
      this.at += 1;
      if (stop === '"') return whole;
      if (stop !== '\\') this.fail('malformed', 'control character in a string');
      whole += this.escape();
    }
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === undefined) this.fail('cut_off', 'the text ends inside a string');
    if (letter !== 'u') return ESCAPES[letter] ?? this.fail('malformed', 'unknown escape');
    const unit = this.codeUnit();
    if (unit >= 0xdc00 && unit <= 0xdfff) this.fail('malformed', 'lone surrogate');
    if (unit < 0xd800 || unit > 0xdbff) return String.fromCharCode(unit);
    if (!this.text.startsWith('\\u', this.at)) this.fail('malformed', 'lone surrogate');
    this.at += 2;
    const second = this.codeUnit();
    if (second < 0xdc00 || second > 0xdfff) this.fail('malformed', 'lone surrogate');
    return String.fromCharCode(unit, second);
  }

  codeUnit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('malformed', 'four hex digits expected');
    this.at += 4;
    return parseInt(digits, 16);
  }

  deeper(depth) {
    if (depth > this.maxDepth) this.fail('too_deep', `nested deeper than ${this.maxDepth} levels`);
    this.at += 1;
  }

  array(depth) {
    this.deeper(depth);
    const items = [];
    if (this.next() === ']') {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      if (this.next() === ']') {
        this.at += 1;
        return items;
      }
      this.expect(',');
    }
  }

  object(depth) {
    this.deeper(depth);
    const members = new Map();
    if (this.next() === '}') {
      this.at += 1;
      return members;
    }
    for (;;) {
      if (this.next() !== '"') this.fail('malformed', 'expected a member name');
      const name = this.string();
      this.expect(':');
      const value = this.value(depth);
      if (members.has(name)) this.fail('duplicate', `the member ${JSON.stringify(name.slice(0, 80))} twice`);
      members.set(name, value);
      if (this.next() === '}') {
        this.at += 1;
        return members;
      }
      this.expect(',');
    }
  }
}
return { JsonFault, JsonNumber, parseJson };
})();

// src/dossier_file.js
const src_dossier_file = (() => {
// Step 0: the `.carnet` file (spec/dossier.md, "The file"). Reading checks the form and nothing else.

const { fromBase64, fromUtf8 } = src_bytes;
const { JsonFault, JsonNumber, parseJson } = src_json;
const { Refused, demand } = src_refusal;
const { isVehicleId } = src_vehicle_id;

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_INCLUSION = 63;
const MAX_ERASURES = 1000;
const MAX_NUMBER = 2n ** 53n - 1n;
/** Deeper than any dossier is, so that a hostile file cannot exhaust the stack. */
const MAX_NESTING = 64;

/** The parts of a dossier, with bytes as bytes and numbers as BigInt. */
function readDossier(bytes) {
  demand(bytes.length > 0, 'file_empty', 'the file is empty');
  demand(bytes.length <= MAX_BYTES, 'file_too_long', `the file has ${bytes.length} bytes, more than ${MAX_BYTES}`);
  const text = fromUtf8(bytes);
  demand(text !== null, 'file_not_utf8', 'the file is not UTF-8');
  return dossierOf(parseFile(text));
}

const FAULTS = { cut_off: 'file_cut_off', malformed: 'file_not_json', duplicate: 'file_form', too_deep: 'file_form' };

function parseFile(text) {
  try {
    return parseJson(text, MAX_NESTING);
  } catch (error) {
    if (error instanceof JsonFault) throw new Refused(FAULTS[error.kind], error.message);
    throw error;
  }
}

function dossierOf(value) {
  const file = members(value, 'the file', [
    'carnet',
    'vehicle',
    'checkpoint',
    'index',
    'vrf_proof',
    'trie_proof',
    'chain',
    'statements',
    'issuers',
    'erasures',
  ]);
  demandForm(file.carnet === 'dossier/v1', '`carnet` is not "dossier/v1", which is what this program reads');
  demandForm(typeof file.vehicle === 'string' && isVehicleId(file.vehicle), '`vehicle` is not a canonical vehicle id');
  return {
    vehicle: file.vehicle,
    checkpoint: string(file.checkpoint, 'checkpoint'),
    index: leafOf(members(file.index, 'index', ['entry', 'inclusion']), 'index'),
    vrfProof: bytesOf(file.vrf_proof, 'vrf_proof'),
    trieProof: bytesOf(file.trie_proof, 'trie_proof'),
    chain: file.chain === null ? null : chainOf(file.chain),
    statements: list(file.statements, 'statements', itemOf),
    issuers: list(file.issuers, 'issuers', issuerKeyOf),
    erasures: list(file.erasures, 'erasures', string, MAX_ERASURES),
  };
}

function chainOf(value) {
  const { count, head } = members(value, 'chain', ['count', 'head']);
  return { count: number(count, 'chain.count'), head: hash(head, 'chain.head') };
}

function itemOf(value, where) {
  const item = members(value, where, ['log_index', 'entry', 'inclusion', 'content']);
  return { ...placed(item, where), content: contentOf(item.content, `${where}.content`) };
}

function contentOf(value, where) {
  demandForm(value instanceof Map && value.size === 1, `${where} is not an object with either \`statement\` or \`erased\``);
  if (value.has('statement')) return { statement: string(value.get('statement'), `${where}.statement`) };
  demandForm(value.has('erased'), `${where} is not an object with either \`statement\` or \`erased\``);
  return { erased: number(value.get('erased'), `${where}.erased`) };
}

function issuerKeyOf(value, where) {
  const key = members(value, where, ['entries', 'trie_proof']);
  const entries = list(key.entries, `${where}.entries`, (entry, at) =>
    placed(members(entry, at, ['log_index', 'entry', 'inclusion']), at),
  );
  return { entries, trieProof: bytesOf(key.trie_proof, `${where}.trie_proof`) };
}

const placed = (value, where) => ({ logIndex: number(value.log_index, `${where}.log_index`), ...leafOf(value, where) });

const leafOf = (value, where) => ({
  entry: bytesOf(value.entry, `${where}.entry`),
  inclusion: list(value.inclusion, `${where}.inclusion`, hash, MAX_INCLUSION),
});

function demandForm(holds, detail) {
  demand(holds, 'file_form', `not a dossier/v1: ${detail}`);
}

/** The members of an object that has exactly these. */
function members(value, where, names) {
  demandForm(value instanceof Map, `${where} is not an object`);
  for (const name of value.keys()) {
    demandForm(names.includes(name), `${where} has the unknown field ${JSON.stringify(name.slice(0, 80))}`);
  }
  for (const name of names) demandForm(value.has(name), `${where} lacks the field \`${name}\``);
  return Object.fromEntries(value);
}

function list(value, where, read, limit = Infinity) {
  demandForm(Array.isArray(value), `${where} is not an array`);
  demandForm(value.length <= limit, `${where} is an array of more than ${limit}`);
  return value.map((item, position) => read(item, `${where}[${position}]`));
}

function string(value, where) {
  demandForm(typeof value === 'string', `${where} is not a string`);
  return value;
}

function number(value, where) {
  const whole = value instanceof JsonNumber ? value.wholeUpTo(MAX_NUMBER) : null;
  demandForm(whole !== null, `${where} is not a whole number from 0 to 2^53 - 1`);
  return whole;
}

function bytesOf(value, where) {
  const bytes = typeof value === 'string' ? fromBase64(value) : null;
  demandForm(bytes !== null, `${where} is not padded base64`);
  return bytes;
}

function hash(value, where) {
  const bytes = bytesOf(value, where);
  demandForm(bytes.length === 32, `${where} has ${bytes.length} bytes where 32 are expected`);
  return bytes;
}
return { readDossier };
})();

// src/vocabulary.js
const src_vocabulary = (() => {
// Made by build.js from spec/vocabulary. Do not edit.

/** Every role an issuer may be enrolled with. */
const ROLES = ["maker","system","register","foreign_register","safety_authority","inspection_station","inspector","preshipment_inspector","workshop","battery_assessor","certification_body","insurer","police","customs","dealer","auction","exporter","yard","carrier","dismantler","dispute_panel","owner"];

/**
 * Every statement type: the roles that may issue it, the fields that are personal, and for each field of the body, by its
 * path without positions in arrays, the English and the Korean label and the unit.
 */
const TYPES = new Map([
  ["identity.manufactured", {"issuers":["maker"],"personal":[],"fields":{"wmi":["World manufacturer identifier","국제제작자식별부호"],"make":["Make","제작사"],"model":["Model","차명"],"plant":["Plant","생산공장"],"model_year":["Model year","연식","year"],"spec":["Specification","사양"],"body_style":["Body style","차체형상"],"displacement_cc":["Displacement","배기량","cc"],"power_kw":["Rated power","정격출력","kW"],"fuel":["Fuel","연료"],"transmission":["Transmission","변속기"],"drive":["Driven axle","구동방식"],"battery_kwh":["Traction battery, rated energy","구동축전지 용량","kWh"],"gross_mass_kg":["Gross vehicle mass","차량총중량","kg"],"colour":["Colour","차체색상"],"produced_on":["Date of manufacture","제작일"]}}],
  ["identity.decoded", {"issuers":["system"],"personal":[],"fields":{"decoder":["Decoder","해독기"],"version":["Version of the decoder's data","버전"],"result":["Result","해독 결과"],"result.make":["Make","제작사"],"result.model":["Model","차명"],"result.model_year":["Model year","연식","year"],"result.body_class":["Body class","차체형상"],"result.fuel":["Fuel","연료"],"result.displacement_cc":["Displacement","배기량","cc"],"result.plant_country":["Country of the plant","생산국"],"flags":["Flags","주의 표시"]}}],
  ["identity.vin_observed", {"issuers":["inspector","exporter","safety_authority","inspection_station","preshipment_inspector","customs","yard"],"personal":[],"fields":{"where":["Where it was read","표기 위치"],"state":["State of the marking","차대번호 표기 상태"],"mark":["The marking as read","확인된 표기"],"colour":["Colour of the car seen","확인된 색상"],"body_style":["Body style of the car seen","확인된 차체형상"],"photo":["SHA-256 of the photograph","사진 해시"]}}],
  ["identity.vin_restamped", {"issuers":["safety_authority"],"personal":[],"fields":{"old_mark":["Old identifier","기존 차대번호"],"new_mark":["New identifier","새 차대번호"],"authority_number":["Number of the authority's order","승인번호"],"reason":["Reason","사유"]}}],
  ["registration.first", {"issuers":["register"],"personal":["plate","owner","base"],"fields":{"date":["Date of first registration","최초등록일"],"plate":["Registration plate","등록번호"],"use":["Use","용도"],"owner":["Owner, by pseudonym","소유자(가명)"],"owner_kind":["Kind of owner","소유자 구분"],"base":["Base of use","사용본거지"],"model":["Model","차명"],"model_year":["Model year","연식","year"],"fuel":["Fuel","연료"],"displacement_cc":["Displacement","배기량","cc"],"engine_type":["Engine type","원동기형식"],"colour":["Colour","색상"],"vehicle_class":["Vehicle class","차종"]}}],
  ["registration.transferred", {"issuers":["register"],"personal":["from","to","price","plate"],"fields":{"date":["Date of the transfer","이전등록일"],"from":["Transferor, by pseudonym","양도인(가명)"],"to":["Transferee, by pseudonym","양수인(가명)"],"reason":["Reason","이전 사유"],"price":["Price declared","취득가액"],"price.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"price.currency":["Currency","통화"],"plate":["Registration plate","등록번호"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["registration.changed", {"issuers":["register"],"personal":["plate","old_plate","base"],"fields":{"date":["Date of the change","변경등록일"],"plate":["Registration plate","등록번호"],"old_plate":["Plate before","변경 전 등록번호"],"use":["Use after the change","용도"],"old_use":["Use before the change","변경 전 용도"],"base":["Base of use","사용본거지"],"engine_type":["Engine type after the change","원동기형식"],"colour":["Colour after the change","색상"]}}],
  ["registration.deregistered", {"issuers":["register"],"personal":["plate","owner"],"fields":{"date":["Date","말소등록일"],"reason":["Reason","말소 사유"],"certificate_number":["Certificate number","말소사실증명서 번호"],"plate":["Registration plate","등록번호"],"owner":["Owner, by pseudonym","소유자(가명)"]}}],
  ["registration.export_reported", {"issuers":["exporter","register"],"personal":[],"fields":{"date":["Date of the report","신고일"],"result":["Whether the export was carried out","이행 여부"],"declaration_number":["Export declaration number","수출신고번호"]}}],
  ["registration.foreign", {"issuers":["foreign_register"],"personal":["document_number","plate"],"fields":{"country":["Country (ISO 3166-1 alpha-2)","국가"],"region":["State or region","주·지역"],"date":["Date","등록일"],"document_number":["Document or title number","문서번호"],"plate":["Registration plate","등록번호"],"title_state":["State of the title","권리증 상태"],"brands":["Brands carried on the title","권리증 표시"],"use":["Use","용도"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["lien.recorded", {"issuers":["register"],"personal":["holder","amount"],"fields":{"kind":["Kind","종류"],"date":["Date","등록일"],"holder":["Holder","권리자"],"rank":["Rank","순위","1 = first"],"amount":["Amount secured","채권가액"],"amount.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"amount.currency":["Currency","통화"],"reference":["Reference","접수번호"]}}],
  ["lien.released", {"issuers":["register"],"personal":["holder","amount"],"fields":{"kind":["Kind","종류"],"date":["Date","해제일"],"holder":["Holder","권리자"],"rank":["Rank","순위","1 = first"],"amount":["Amount secured","채권가액"],"amount.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"amount.currency":["Currency","통화"],"reference":["Reference","접수번호"]}}],
  ["odometer.read", {"issuers":["maker","system","register","foreign_register","safety_authority","inspection_station","inspector","preshipment_inspector","workshop","battery_assessor","certification_body","insurer","police","customs","dealer","auction","exporter","yard","carrier","dismantler","dispute_panel","owner"],"personal":[],"fields":{"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"],"context":["Occasion","확인 경위"],"photo":["SHA-256 of the photograph","사진 해시"]}}],
  ["odometer.serviced", {"issuers":["workshop","safety_authority"],"personal":[],"fields":{"odometer":["Reading after the work","작업 후 주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"],"old_value":["Reading before the work","작업 전 주행거리","km or mi, as `odometer.unit` says"],"work":["Work done","작업 내용"],"reason":["Reason","사유"],"reason_certificate":["Number of the reason certificate","사유확인서 번호"],"certified_by":["Who certified the reason","확인 기관"]}}],
  ["inspection.periodic", {"issuers":["safety_authority","inspection_station","foreign_register"],"personal":[],"fields":{"kind":["Kind","검사 종류"],"result":["Result","판정"],"valid_from":["Valid from","유효기간 시작"],"valid_to":["Valid to","유효기간 만료"],"defects":["Defects","부적합 사항"],"defects.code":["Code","부적합 코드"],"defects.severity":["Severity","중요도"],"defects.text":["Text","내용"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"],"emissions":["Emissions","배출가스"],"emissions.co_percent":["Carbon monoxide","일산화탄소(CO)","% by volume"],"emissions.hc_ppm":["Hydrocarbons","탄화수소(HC)","ppm"],"emissions.smoke_percent":["Smoke","매연","% opacity"],"emissions.nox_ppm":["Nitrogen oxides","질소산화물(NOx)","ppm"],"emissions.lambda":["Air ratio (lambda)","공기과잉률","1"]}}],
  ["inspection.condition", {"issuers":["inspector"],"personal":["plate","inspector_name"],"fields":{"record_number":["Record number","성능·상태점검기록부 번호"],"inspected_on":["Date of the inspection","점검일"],"model":["Model","차명"],"plate":["Registration plate","자동차등록번호"],"model_year":["Model year","연식","year"],"inspection_valid_from":["Periodic inspection valid from","검사유효기간 시작"],"inspection_valid_to":["Periodic inspection valid to","검사유효기간 만료"],"first_registration":["First registration","최초등록일"],"vin_as_written":["VIN as written on the record","차대번호(기재)"],"vin_state":["State of the VIN marking","차대번호 표기"],"transmission":["Transmission","변속기 종류"],"fuel":["Fuel","사용연료"],"engine_type":["Engine type","원동기형식"],"warranty":["Warranty type","보증유형"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"],"mileage_level":["Mileage for its age","주행거리 상태"],"emissions":["Emissions","배출가스"],"emissions.co_percent":["Carbon monoxide","일산화탄소(CO)","% by volume"],"emissions.hc_ppm":["Hydrocarbons","탄화수소(HC)","ppm"],"emissions.smoke_percent":["Smoke","매연","% opacity"],"emissions.nox_ppm":["Nitrogen oxides","질소산화물(NOx)","ppm"],"emissions.lambda":["Air ratio (lambda)","공기과잉률","1"],"tuning":["Tuning","튜닝"],"tuning_kinds":["What is tuned","튜닝 구분"],"flood":["Special history: flood","특별이력-침수"],"fire":["Special history: fire","특별이력-화재"],"use_change":["Use changed: former uses","용도변경"],"colour":["Colour","색상"],"colour_class":["Colour class","색상 구분"],"repaint":["Repainting","도색 이력"],"options":["Main options","주요옵션"],"recall_applicable":["Recall applies","리콜대상"],"recall_done":["Recall carried out","리콜이행"],"accident":["Accident history","사고이력"],"simple_repair":["Simple repair","단순수리"],"panels":["Panels with a finding","교환·판금 등 이상 부위"],"panels.no":["Number on the form","부위번호","number on the form"],"panels.side":["Side, seen from the driver's seat","좌우"],"panels.position":["Front or rear","앞뒤"],"panels.pillar":["Pillar","필러"],"panels.rank":["Rank","랭크"],"panels.codes":["Condition codes","상태표시 부호"],"items":["Detail items","자동차 세부상태"],"items.self_diagnosis_engine":["Self-diagnosis: engine","자기진단-원동기"],"items.self_diagnosis_transmission":["Self-diagnosis: transmission","자기진단-변속기"],"items.engine_idle":["Engine: running at idle","원동기-작동상태(공회전)"],"items.engine_oil_leak_rocker_cover":["Engine: oil leak, cylinder (rocker-arm) cover","원동기-오일누유-실린더 커버(로커암 커버)"],"items.engine_oil_leak_head_gasket":["Engine: oil leak, cylinder head and gasket","원동기-오일누유-실린더 헤드/개스킷"],"items.engine_oil_leak_block_pan":["Engine: oil leak, cylinder block and oil pan","원동기-오일누유-실린더 블록/오일팬"],"items.engine_oil_level":["Engine: oil level","원동기-오일 유량"],"items.coolant_leak_head_gasket":["Engine: coolant leak, cylinder head and gasket","원동기-냉각수누수-실린더 헤드/개스킷"],"items.coolant_leak_water_pump":["Engine: coolant leak, water pump","원동기-냉각수누수-워터펌프"],"items.coolant_leak_radiator":["Engine: coolant leak, radiator","원동기-냉각수누수-라디에이터"],"items.coolant_level":["Engine: coolant level","원동기-냉각수 수량"],"items.common_rail":["Engine: common rail","원동기-커먼레일"],"items.automatic_oil_leak":["Automatic transmission: oil leak","자동변속기-오일누유"],"items.automatic_oil_level":["Automatic transmission: oil level and state","자동변속기-오일유량 및 상태"],"items.automatic_idle":["Automatic transmission: running at idle","자동변속기-작동상태(공회전)"],"items.manual_oil_leak":["Manual transmission: oil leak","수동변속기-오일누유"],"items.manual_gear_shift":["Manual transmission: gear shift","수동변속기-기어변속장치"],"items.manual_oil_level":["Manual transmission: oil level and state","수동변속기-오일유량 및 상태"],"items.manual_idle":["Manual transmission: running at idle","수동변속기-작동상태(공회전)"],"items.clutch":["Driveline: clutch assembly","동력전달-클러치 어셈블리"],"items.cv_joint":["Driveline: constant-velocity joint","동력전달-등속조인트"],"items.propeller_shaft":["Driveline: propeller shaft and bearing","동력전달-추진축 및 베어링"],"items.differential":["Driveline: differential gear","동력전달-디퍼렌셜 기어"],"items.steering_oil_leak":["Steering: power-steering oil leak","조향-동력조향 작동 오일 누유"],"items.steering_pump":["Steering: pump","조향-스티어링 펌프"],"items.steering_gear":["Steering: gear (incl. MDPS)","조향-스티어링 기어(MDPS포함)"],"items.steering_joint":["Steering: joint","조향-스티어링 조인트"],"items.steering_hose":["Steering: high-pressure hose","조향-파워고압호스"],"items.tie_rod_ball_joint":["Steering: tie-rod end and ball joint","조향-타이로드엔드 및 볼 조인트"],"items.brake_master_cylinder_leak":["Brakes: master-cylinder oil leak","제동-브레이크 마스터 실린더오일 누유"],"items.brake_oil_leak":["Brakes: oil leak","제동-브레이크 오일 누유"],"items.brake_booster":["Brakes: booster","제동-배력장치 상태"],"items.alternator":["Electrical: alternator output","전기-발전기 출력"],"items.starter":["Electrical: starter motor","전기-시동 모터"],"items.wiper_motor":["Electrical: wiper motor","전기-와이퍼 모터 기능"],"items.blower_motor":["Electrical: interior blower motor","전기-실내송풍 모터"],"items.radiator_fan_motor":["Electrical: radiator fan motor","전기-라디에이터 팬 모터"],"items.window_motor":["Electrical: window motor","전기-윈도우 모터"],"items.fuel_leak":["Fuel: leak (incl. LPG)","연료-연료누출(LP가스포함)"],"high_voltage":["High-voltage items","고전원전기장치"],"high_voltage.charging_port_insulation":["High voltage: charging-port insulation","고전원전기장치-충전구 절연 상태"],"high_voltage.traction_battery_isolation":["High voltage: traction-battery isolation","고전원전기장치-구동축전지 격리 상태"],"high_voltage.high_voltage_wiring":["High voltage: wiring (terminals, sheath, guards)","고전원전기장치-고전원전기배선 상태(접속단자, 피복, 보호기구)"],"needs_repair":["Needs repair","수리필요"],"kept_items":["Standard equipment present","기본품목 보유상태"],"remarks":["Remarks and the inspector's opinion","특기사항 및 점검자의 의견"],"inspector_name":["Inspector","점검자"],"inspector_business":["Inspecting business","성능·상태점검자(상호)"],"import":["How the record was imported","가져오기 기록"],"import.raw_sha256":["SHA-256 of the raw record","원본 해시"],"import.layout":["Layout of the raw record","원본 형식"],"import.mapping":["Name and version of the mapping table","변환표 판"],"import.unmapped":["Codes of the raw record without a mapping","변환되지 않은 항목"]}}],
  ["inspection.preshipment", {"issuers":["preshipment_inspector"],"personal":[],"fields":{"scheme":["Scheme (QISJ, JEVIC, EAA, JAAI …)","검사 제도"],"certificate_number":["Certificate number","증명서 번호"],"result":["Result","판정"],"destination":["Destination (ISO 3166-1 alpha-2)","목적국"],"valid_to":["Valid to","유효기간 만료"],"age_ok":["Within the age limit","차령 적합"],"radiation_usv_h":["Radiation dose rate","방사선량률","µSv/h"],"defects":["Defects","부적합 사항"],"defects.code":["Code","부적합 코드"],"defects.severity":["Severity","중요도"],"defects.text":["Text","내용"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["inspection.roadworthiness", {"issuers":["safety_authority","foreign_register"],"personal":[],"fields":{"certificate_number":["Certificate number","증명서 번호"],"result":["Result","판정"],"valid_from":["Valid from","유효기간 시작"],"valid_to":["Valid to","유효기간 만료"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["service.performed", {"issuers":["workshop"],"personal":["total"],"fields":{"reason":["Reason","정비 사유"],"jobs":["Jobs","작업 내역"],"jobs.code":["Job code","작업 코드"],"jobs.text":["Job","작업 내용"],"parts":["Parts","부품 내역"],"parts.number":["Part number","부품번호"],"parts.name":["Part","부품명"],"parts.quantity":["Quantity","수량","pieces, or litres for fluids"],"parts.condition":["Condition of the part","부품 구분"],"invoice_sha256":["SHA-256 of the invoice","명세서 해시"],"total":["Invoice total","합계 금액"],"total.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"total.currency":["Currency","통화"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["battery.health", {"issuers":["workshop","battery_assessor","maker"],"personal":[],"fields":{"soh_percent":["State of health","잔존성능(SOH)","% of rated energy"],"usable_kwh":["Usable energy","사용가능 에너지","kWh"],"rated_kwh":["Rated energy","정격 에너지","kWh"],"method":["Method","측정 방법"],"soc_percent":["State of charge during the reading","충전상태(SOC)","%"],"cell_spread_mv":["Spread of cell voltages","셀 전압 편차","mV"],"battery_temperature_c":["Battery temperature","축전지 온도","°C"],"insulation_kohm":["Insulation resistance","절연저항","kΩ"],"throughput_kwh":["Energy charged in all","누적 충전량","kWh"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["recall.opened", {"issuers":["maker","safety_authority"],"personal":[],"fields":{"campaign_number":["Campaign number","리콜 번호"],"authority":["Authority","관할 기관"],"opened_on":["Opened on","개시일"],"component":["Component","결함 장치"],"summary":["Summary","결함 내용"],"park_outside":["Owners advised to park outside","옥외주차 권고"]}}],
  ["recall.closed", {"issuers":["maker","safety_authority","workshop"],"personal":[],"fields":{"campaign_number":["Campaign number","리콜 번호"],"authority":["Authority","관할 기관"],"fixed_at":["Remedied on","시정일"],"remedy":["Remedy","시정 내용"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["claim.damage", {"issuers":["insurer"],"personal":["claim_number","cost_parts","cost_labour","cost_paint","paid"],"fields":{"claim_number":["Claim number","사고접수번호"],"date":["Date of the loss","사고일"],"side":["Own damage or other party's policy","구분(내차·상대차)"],"areas":["Areas damaged","파손 부위"],"cost_parts":["Repair cost: parts","부품비"],"cost_parts.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"cost_parts.currency":["Currency","통화"],"cost_labour":["Repair cost: labour","공임"],"cost_labour.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"cost_labour.currency":["Currency","통화"],"cost_paint":["Repair cost: paint","도장비"],"cost_paint.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"cost_paint.currency":["Currency","통화"],"paid":["Insurance paid, net of deductible and fault share","보험금"],"paid.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"paid.currency":["Currency","통화"],"status":["Status","처리 상태"]}}],
  ["claim.uninsured", {"issuers":["insurer"],"personal":[],"fields":{"from":["From","미가입 시작일"],"to":["To","미가입 종료일"],"report_number":["Report number","조회 번호"]}}],
  ["claim.total_loss", {"issuers":["insurer"],"personal":["claim_number","paid","vehicle_value","salvage_buyer"],"fields":{"kind":["Kind","전손 구분"],"date":["Date of the loss","사고일"],"claim_number":["Claim number","사고접수번호"],"paid":["Insurance paid","보험금"],"paid.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"paid.currency":["Currency","통화"],"vehicle_value":["Value of the car before the loss","차량가액"],"vehicle_value.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"vehicle_value.currency":["Currency","통화"],"salvage_buyer":["Salvage buyer","잔존물 매수인"]}}],
  ["hazard.fire", {"issuers":["insurer","inspector"],"personal":[],"fields":{"date":["Date","화재일"],"extent":["Extent","화재 정도"],"origin":["Origin","발화 위치"],"signs":["Signs seen","화재 흔적"]}}],
  ["hazard.flood", {"issuers":["insurer","inspector"],"personal":[],"fields":{"date":["Date","침수일"],"extent":["Extent","침수 정도"],"water_line":["Water line","침수선"],"salt_water":["Salt water","해수"],"signs":["Signs seen","침수 흔적"]}}],
  ["theft.recovered", {"issuers":["police","insurer"],"personal":["police_number"],"fields":{"police_number":["Police number","사건번호"],"recovered_on":["Recovered on","회수일"],"condition":["Condition","회수 상태"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["theft.reported", {"issuers":["police","insurer"],"personal":["police_number"],"fields":{"police_number":["Police number","사건번호"],"stolen_on":["Stolen on","도난일"],"reported_on":["Reported on","신고일"]}}],
  ["modification", {"issuers":["safety_authority"],"personal":[],"fields":{"kind":["Kind","튜닝 종류"],"approval_number":["Approval number","승인번호"],"approval":["Approval","승인 여부"],"text":["What was changed","내용"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["sale.listed", {"issuers":["dealer","auction","exporter"],"personal":["price"],"fields":{"channel":["Channel","판매 경로"],"price":["Asking price","판매 희망가"],"price.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"price.currency":["Currency","통화"],"listing_reference":["Listing reference","매물 번호"],"stated_accident_free":["Offered as accident-free","무사고 표시"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["sale.sold", {"issuers":["dealer","auction","exporter"],"personal":["price","buyer","seller"],"fields":{"channel":["Channel","판매 경로"],"price":["Price","판매가"],"price.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"price.currency":["Currency","통화"],"buyer":["Buyer, by pseudonym","매수인(가명)"],"seller":["Seller, by pseudonym","매도인(가명)"],"stated_accident_free":["Sold as accident-free","무사고 표시"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["custody.moved", {"issuers":["yard","carrier","dealer","exporter","auction"],"personal":["from","to"],"fields":{"action":["Action","구분"],"from":["From","인도자"],"to":["To","인수자"],"site":["Site","장소"],"photos":["SHA-256 of each photograph","사진 해시"],"seal":["Seal","봉인번호"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["export.arrived", {"issuers":["carrier","customs","yard"],"personal":["bill_of_lading"],"fields":{"bill_of_lading":["Bill of lading","선하증권 번호"],"vessel_imo":["IMO number","IMO 번호"],"container":["Container","컨테이너 번호"],"port":["Port of arrival","도착항"],"seal_intact":["Seal intact","봉인 이상 없음"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["export.cleared", {"issuers":["customs"],"personal":["value"],"fields":{"declaration_number":["Export declaration number","수출신고번호"],"date":["Date of clearance","수리일"],"bonded_area":["Bonded-area number","보세구역 번호"],"destination":["Destination (ISO 3166-1 alpha-2)","목적국"],"hs_code":["HS code","HS 부호"],"value":["Declared value","신고가격"],"value.minor":["Amount in minor units","금액(최소 단위)","minor units of the ISO 4217 currency"],"value.currency":["Currency","통화"],"vin_checked":["VIN compared with the photographs","차대번호 대조"]}}],
  ["export.loaded", {"issuers":["carrier","customs"],"personal":["bill_of_lading"],"fields":{"bill_of_lading":["Bill of lading","선하증권 번호"],"method":["Method","운송 방법"],"vessel":["Vessel","선명"],"vessel_imo":["IMO number","IMO 번호"],"voyage":["Voyage","항차"],"container":["Container","컨테이너 번호"],"seal":["Seal","봉인번호"],"port":["Port of loading","적재항"],"port_of_discharge":["Port of discharge","양하항"]}}],
  ["endoflife.scrapped", {"issuers":["dismantler"],"personal":[],"fields":{"certificate_number":["Certificate number","폐차인수증명서 번호"],"date":["Date","폐차일"],"depolluted":["Depolluted","유해물질 제거"],"battery_to":["Who took the traction battery","구동축전지 인수처"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["record.corrected", {"issuers":["maker","system","register","foreign_register","safety_authority","inspection_station","inspector","preshipment_inspector","workshop","battery_assessor","certification_body","insurer","police","customs","dealer","auction","exporter","yard","carrier","dismantler","dispute_panel","owner"],"personal":[],"fields":{"reason":["Reason","정정 사유"],"explanation":["Explanation","설명"],"corrections":["Corrections","정정 내역"],"corrections.field":["Field, as a JSON pointer into the body","항목"],"corrections.was":["Was","정정 전","that of the field"],"corrections.now":["Now","정정 후","that of the field"],"accepted_by":["Who accepted it","승인"],"odometer":["The reading as it should have been","정정된 주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["certificate.issued", {"issuers":["certification_body"],"personal":["credential"],"fields":{"certificate":["Certificate number","인증서 번호"],"credential_sha256":["SHA-256 of the credential","증명서 해시"],"redacted_sha256":["SHA-256 of the credential without vehicle id","차대번호 없는 증명서 해시"],"grade":["Grade","등급"],"soh_percent":["State of health by capacity","잔존용량","% of rated capacity"],"soh_lower_percent":["Lower end of the 95 % interval","잔존용량 하한(95 %)","% of rated capacity"],"soh_upper_percent":["Upper end of the 95 % interval","잔존용량 상한(95 %)","% of rated capacity"],"valid_until":["Valid until","유효기간"],"odometer_limit_km":["Valid up to this odometer reading","유효 주행거리","km"],"credential":["The credential itself, as signed","증명서 원문"],"odometer":["Odometer","주행거리"],"odometer.value":["Reading","주행거리 값","km or mi, as `unit` says"],"odometer.unit":["Unit","단위"],"odometer.instrument_state":["State of the instrument","계기 상태"],"odometer.method":["How the reading was taken","확인 방법"]}}],
  ["certificate.reinstated", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":["Certificate number","인증서 번호"],"credential_sha256":["SHA-256 of the credential","증명서 해시"],"reason":["Reason","사유"]}}],
  ["certificate.suspended", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":["Certificate number","인증서 번호"],"credential_sha256":["SHA-256 of the credential","증명서 해시"],"cause":["Cause","정지 원인"],"reason":["Reason","사유"],"statement_sha256":["Digest of the statement that set it off","원인이 된 진술 해시"]}}],
  ["certificate.withdrawn", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":["Certificate number","인증서 번호"],"credential_sha256":["SHA-256 of the credential","증명서 해시"],"reason":["Reason","사유"]}}],
]);
return { ROLES, TYPES };
})();

// src/entry.js
const src_entry = (() => {
// Log entries (spec/log-entries.md). The encoding is canonical: one value has one byte string.

const { fromBigEndian, fromUtf8, sameBytes, toHex, toUtf8 } = src_bytes;
const { keyIdOf } = src_hash;
const { demand } = src_refusal;
const { ROLES } = src_vocabulary;

const MAGIC = toUtf8('carnet1');
const MAX_ENTRY = 65_535;

/** The entry in these bytes: `kind` is P, S, K or I, and the other members are those of its body. */
async function decodeEntry(bytes) {
  demand(bytes.length <= MAX_ENTRY, 'entry', `entry of ${bytes.length} bytes is longer than ${MAX_ENTRY}`);
  demand(
    bytes.length > MAGIC.length && sameBytes(bytes.subarray(0, MAGIC.length), MAGIC),
    'entry',
    'entry does not start with `carnet1`',
  );
  const kind = String.fromCharCode(bytes[MAGIC.length]);
  const read = { P: readParameters, S: readStatement, K: readKey, I: readIndex }[kind];
  demand(read, 'entry', `unknown entry type 0x${toHex(bytes.subarray(MAGIC.length, MAGIC.length + 1))}`);
  const body = new EntryReader(kind, bytes.subarray(MAGIC.length + 1));
  const entry = { kind, ...(await read(body)) };
  body.demand(body.rest.length === 0, `has ${body.rest.length} bytes too many`);
  return entry;
}

class EntryReader {
  constructor(kind, rest) {
    this.kind = kind;
    this.rest = rest;
  }

  demand(holds, problem) {
    demand(holds, 'entry', `${this.kind} entry: ${problem}`);
  }

  take(length, field) {
    this.demand(length <= this.rest.length, `ends inside its ${field}`);
    const taken = this.rest.slice(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  number(length, field) {
    return fromBigEndian(this.take(length, field));
  }

  text(field) {
    const [length] = this.take(1, field);
    const text = fromUtf8(this.take(length, field));
    this.demand(text !== null, 'text is not UTF-8');
    return text;
  }
}

const readParameters = (body) => ({
  mapVersion: body.number(2, 'map version'),
  vrfEpoch: body.number(4, 'VRF epoch'),
  vrfKey: body.take(32, 'VRF key'),
});

const readStatement = (body) => ({
  vrfEpoch: body.number(4, 'VRF epoch'),
  label: body.take(32, 'label'),
  keyId: body.take(32, 'key id'),
  digest: body.take(32, 'digest'),
});

async function readKey(body) {
  const [action] = body.take(1, 'action');
  const keyId = body.take(32, 'key id');
  body.demand(action === 1 || action === 2, 'unknown action');
  if (action === 2) {
    const reason = body.text('reason');
    body.demand(!/\p{Cc}/u.test(reason), 'control character in reason');
    return { action: 'revoked', keyId, reason };
  }
  const publicKey = body.take(32, 'public key');
  const [count] = body.take(1, 'role count');
  const roles = Array.from({ length: count }, () => body.text('role'));
  const issuer = body.text('issuer id');
  const name = body.text('name');
  body.demand(roles.every((role) => ROLES.includes(role)), 'unknown role');
  body.demand(sameBytes(await keyIdOf(publicKey), keyId), 'key id is not that of the public key');
  body.demand(roles.length > 0, 'no role');
  body.demand(
    roles.every((role, at) => at === 0 || roles[at - 1] < role),
    'roles are not in ascending order of name',
  );
  body.demand(issuer !== '' && name !== '', 'issuer id or name is empty');
  body.demand(!/\p{Cc}/u.test(issuer + name), 'control character in issuer id or name');
  return { action: 'enrolled', keyId, publicKey, roles, issuer, name };
}

function readIndex(body) {
  const treeSize = body.number(8, 'tree size');
  const epochs = [];
  while (body.rest.length > 0) {
    epochs.push({
      epoch: body.number(4, 'epoch'),
      vrfKey: body.take(32, 'VRF key'),
      keys: body.number(8, 'key count'),
      root: body.take(32, 'root'),
    });
  }
  body.demand(epochs.length > 0, 'no epoch');
  body.demand(
    epochs.every(({ epoch }, at) => at === 0 || epochs[at - 1].epoch < epoch),
    'epochs are not in rising order',
  );
  return { treeSize, epochs };
}
return { decodeEntry };
})();

// src/event_time.js
const src_event_time = (() => {
// Times as statements and notices write them, and the instants they name.

// The instants the reference implementation can hold, in seconds since 1970.
const FIRST_SECOND = -377_705_023_201;
const LAST_SECOND = 253_402_207_200;

/** Days from 1970-01-01 to a day of the proleptic Gregorian calendar, or null where there is no such day. */
function daysSince1970(year, month, day) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return null;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function instant(year, month, day, hour, minute, second, offset) {
  const days = daysSince1970(year, month, day);
  if (days === null || hour > 23 || minute > 59 || second > 59) return null;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND ? seconds : null;
}

const EVENT_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))(?:\[([A-Za-z][A-Za-z0-9/_+-]{0,39})\])?$/;

/**
 * A moment in local time with its offset (spec/statement.md, "Times"), or null: the text as signed, the seconds since 1970,
 * and date and time on a clock at the place as seconds since 1970 of a clock without offset.
 */
function parseEventTime(text) {
  const match = EVENT_TIME.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const [sign, hours, minutes] = [match[7], Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  const seconds = instant(year, month, day, hour, minute, second, offset);
  return seconds === null ? null : { text, seconds, localSeconds: seconds + offset };
}

/** The seconds since 1970 of `2026-11-23T10:00:00Z`, in exactly this form; null otherwise. */
function parseNoticeTime(text) {
  const match = /^(\d{4}|-(?!000000)\d{6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  return match === null ? null : instant(...match.slice(1, 7).map(Number), 0);
}
return { parseEventTime, parseNoticeTime };
})();

// src/edwards.js
const src_edwards = (() => {
// The curve edwards25519 in BigInt: what Ed25519 (RFC 8032) and ristretto255 (RFC 9496) are made of. Everything that is
// verified is public, so nothing here runs in constant time.

const { fromLittleEndian } = src_bytes;

/** The field's prime. */
const P = 2n ** 255n - 19n;
/** The order of the base point's group. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The representative of a number from 0 to p − 1. */
function mod(number) {
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
const D = mod(-121665n * power(121666n, P - 2n));
/** A square root of −1. */
const SQRT_M1 = power(2n, (P - 1n) / 4n);

/** Whether a field element is negative: odd in its one representative. */
const isNegative = (number) => (mod(number) & 1n) === 1n;

/** The one of x and −x that is not negative. */
const absolute = (number) => (isNegative(number) ? mod(-number) : mod(number));

/** SQRT_RATIO_M1 of RFC 9496, section 4.2: whether u/v is a square, and the root of u/v or of √−1·u/v. */
function sqrtRatio(u, v) {
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
const NEUTRAL = Object.freeze({ X: 0n, Y: 1n, Z: 1n, T: 0n });

/** The sum of two points; complete, so it serves for equal points too. */
function add(a, b) {
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
function double(a) {
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
const negate = (a) => ({ X: mod(-a.X), Y: a.Y, Z: a.Z, T: mod(-a.T) });

/** m·a + n·b in one pass over the bits of both. */
function multiplyTwo(m, a, n, b) {
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
function isOfSmallOrder(point) {
  const eightfold = double(double(double(point)));
  return eightfold.X === 0n && eightfold.Y === eightfold.Z;
}

const SIGN = 1n << 255n;

/** The 32 bytes of RFC 8032, section 5.1.2. */
function compress(point) {
  const inverse = power(point.Z, P - 2n);
  const x = mod(point.X * inverse);
  const number = mod(point.Y * inverse) | (x & 1n ? SIGN : 0n);
  return toLittleEndian32(number);
}

/**
 * The point in 32 bytes, or null where there is none. `canonical` says whether the bytes are what `compress` writes: y may
 * be written as y + p where that fits, and both spellings are read, as the reference implementation does.
 */
function decompress(bytes) {
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
function toLittleEndian32(number) {
  const bytes = new Uint8Array(32);
  for (let at = 0, rest = number; at < 32; at += 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

const BASE_Y = mod(4n * power(5n, P - 2n));
/** The base point B. */
const BASE = Object.freeze(decompress(toLittleEndian32(BASE_Y)).point);
return { P, ORDER, mod, D, SQRT_M1, isNegative, absolute, sqrtRatio, NEUTRAL, add, double, negate, multiplyTwo, isOfSmallOrder, compress, decompress, toLittleEndian32, BASE };
})();

// src/ed25519.js
const src_ed25519 = (() => {
// Ed25519 under the strict rule of spec/statement.md: S below the group order, no point of small order as key or as R, R
// in its one encoding, the cofactorless equation. Implementations in the wild differ in exactly these, so the browser's is
// used only after it has judged the cases below as the rule wants; otherwise the equation is computed here.

const { fromHex, fromLittleEndian, sameBytes, toUtf8 } = src_bytes;
const { BASE, ORDER, compress, decompress, isOfSmallOrder, multiplyTwo, negate } = src_edwards;
const { sha512 } = src_hash;

/** Whether these 32 bytes are a public key a signature may be accepted from: a point, and not one of small order. */
function isUsableKey(publicKey) {
  const key = decompress(publicKey);
  return key !== null && !isOfSmallOrder(key.point);
}

/** Whether `signature` (64 bytes) is one by `publicKey` (32 bytes) over `message`, strictly. */
async function verifyStrict(publicKey, message, signature) {
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
async function equationHolds(publicKey, keyPoint, message, signature) {
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
function platformIsStrict() {
  platform ??= judgesAsWanted();
  return platform;
}

/** As in a browser without Ed25519; for tests. */
function distrustPlatform() {
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
const TOUCHSTONES = [
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
return { isUsableKey, verifyStrict, equationHolds, platformIsStrict, distrustPlatform, TOUCHSTONES };
})();

// src/note.js
const src_note = (() => {
// Signed notes (c2sp.org/signed-note) and verifier keys, in the profile of spec/tlog-profile.md.

const { fromBase64, fromBigEndian, fromUtf8, sameBytes, toUtf8 } = src_bytes;
const { isUsableKey, verifyStrict } = src_ed25519;
const { sha256 } = src_hash;
const { Refused, demand } = src_refusal;

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** Signature types: of a log over the text, and of a witness over the text with a time. */
const ED25519 = 0x01;
const COSIGNATURE = 0x04;

/** Whether this can name a key: not empty, no white space, no control character, no plus sign. */
const isKeyName = (name) => name !== '' && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);

/** A verifier key from `<name>+<key ID>+<base64 of type and public key>`. */
async function readVerifierKey(text) {
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
function parseNote(bytes) {
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
async function verifyNote(note, known) {
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
return { ED25519, COSIGNATURE, isKeyName, readVerifierKey, parseNote, verifyNote };
})();

// src/erasure.js
const src_erasure = (() => {
// Erasure notices (spec/dossier.md): the log's signed word that it erased contents.

const { fromHex, toUtf8 } = src_bytes;
const { fromDecimal } = src_checkpoint;
const { parseNoticeTime } = src_event_time;
const { parseNote, verifyNote } = src_note;
const { Refused, demand } = src_refusal;

const MAX_TEXT = 500;

/** The notice in a signed note of the log whose key this is, verified with that key. */
async function verifyNotice(signed, logKey) {
  try {
    const note = parseNote(toUtf8(signed));
    const notice = parseNotice(note.text, logKey.name);
    await verifyNote(note, [logKey]);
    return notice;
  } catch (error) {
    if (error instanceof Refused) throw new Refused('notice', error.detail);
    throw error;
  }
}

function parseNotice(text, origin) {
  const lines = text.split('\n');
  demand(lines.length === 7 && lines[6] === '', 'notice', 'an erasure notice has six lines of text');
  const [first, labelText, throughText, timeText, askedBy, reason] = lines;
  demand(
    first === `${origin}/erasure/v1`,
    'notice',
    `the first line is ${JSON.stringify(first.slice(0, 200))}, and an erasure notice of this log starts with ` +
      JSON.stringify(`${origin}/erasure/v1`),
  );
  const label = fromHex(labelText, 32);
  demand(label, 'notice', 'the second line is not a label of 64 lower-case hex digits');
  const through = fromDecimal(throughText);
  demand(through !== null, 'notice', 'the third line is not a log index');
  const seconds = parseNoticeTime(timeText);
  demand(seconds !== null, 'notice', 'the fourth line is not a time in the form 2026-11-23T10:00:00Z');
  for (const [line, what] of [
    [askedBy, 'who asked'],
    [reason, 'the reason'],
  ]) {
    demand(
      isPlain(line),
      'notice',
      `${what} must have 1 to ${MAX_TEXT} bytes, no control characters, and no white space at either end`,
    );
  }
  return { label, through, seconds, askedBy, reason };
}

function isPlain(text) {
  const length = toUtf8(text).length;
  return length >= 1 && length <= MAX_TEXT && !/^\p{White_Space}|\p{White_Space}$|[\p{Cc}\u2028\u2029]/u.test(text);
}
return { verifyNotice };
})();

// src/merkle.js
const src_merkle = (() => {
// Inclusion in the log: RFC 6962, verified as in RFC 9162, section 2.1.3.2, which checks the length of a proof by consuming
// the tree's shape.

const { sameBytes } = src_bytes;
const { nodeHash } = src_hash;
const { demand } = src_refusal;

/** Checks that `leaf` is the leaf hash at `index` in the tree of `size` leaves with this `root`. */
async function verifyInclusion(index, size, leaf, proof, root) {
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
return { verifyInclusion };
})();

// src/policy.js
const src_policy = (() => {
// Trust policies (c2sp.org/tlog-policy): which logs are believed, and how many of which witnesses must have cosigned. Names
// are octets; they are held here as text with one character an octet.

const { fromUtf8, sameBytes } = src_bytes;
const { fromDecimal, parseCheckpoint } = src_checkpoint;
const { COSIGNATURE, ED25519, readVerifierKey, verifyNote } = src_note;
const { Refused, demand } = src_refusal;

/** A policy file. Refuses with reason `policy`, naming the line. */
async function parsePolicy(bytes) {
  const policy = { logs: [], witnesses: [], groups: [], quorum: undefined };
  const lines = octets(bytes).split('\n');
  for (const [position, line] of lines.entries()) {
    try {
      await readLine(policy, line);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused('policy', `policy line ${position + 1}: ${error.detail}`);
    }
  }
  demand(
    policy.quorum !== undefined,
    'policy',
    `policy line ${lines.length}: a policy has exactly one quorum line`,
  );
  return policy;
}

function octets(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const bytesOf = (word) => Uint8Array.from(word, (character) => character.charCodeAt(0));

/** A name for people: octets that are not UTF-8 are replaced. */
const shownName = (word) => new TextDecoder().decode(bytesOf(word));

async function readLine(policy, line) {
  demand(!/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line), 'policy', 'control character');
  const words = line.split(/[ \t]/).filter((word) => word !== '');
  if (words.length === 0 || words[0].startsWith('#')) return;
  const [keyword, ...rest] = words;
  if (keyword === 'log') await readLog(policy, rest);
  else if (keyword === 'witness') await readWitness(policy, rest);
  else if (keyword === 'group') readGroup(policy, rest);
  else if (keyword === 'quorum') readQuorum(policy, rest);
  else {
    const shown = shownName(keyword).slice(0, 80);
    throw new Refused('policy', `unknown keyword ${JSON.stringify(shown)}; expected log, witness, group or quorum`);
  }
}

async function readLog(policy, words) {
  demand(words.length === 1 || words.length === 2, 'policy', 'expected log <vkey> [<url>]');
  const key = await readKey(words[0], ED25519);
  demandNewKey(policy.logs, key);
  policy.logs.push({ key });
}

async function readWitness(policy, words) {
  demand(words.length === 2 || words.length === 3, 'policy', 'expected witness <name> <vkey> [<url>]');
  demandFree(policy, words[0]);
  const key = await readKey(words[1], COSIGNATURE);
  demandNewKey(policy.witnesses, key);
  policy.witnesses.push({ name: words[0], key });
}

async function readKey(word, type) {
  const text = fromUtf8(bytesOf(word));
  demand(text !== null, 'policy', 'not a verifier key of the form <name>+<key ID>+<base64>');
  const key = await readVerifierKey(text);
  demand(key.type === type, 'policy', `key ${key.name} has signature type ${key.type}; here ${type} is needed`);
  return key;
}

function demandNewKey(listed, key) {
  demand(
    !listed.some((other) => sameBytes(other.key.publicKey, key.publicKey)),
    'policy',
    `the public key of ${key.name} was listed before`,
  );
}

function readGroup(policy, words) {
  const [name, threshold, ...names] = words;
  demand(names.length > 0, 'policy', 'expected group <name> all|any|<k> <name>...');
  demandFree(policy, name);
  const members = [];
  for (const word of names) {
    const member = memberNamed(policy, word);
    const taken = [...policy.groups.flatMap((group) => group.members), ...members].includes(member);
    demand(!taken, 'policy', `${shownName(word)} is a member of a group already`);
    members.push(member);
  }
  const needed = threshold === 'any' ? 1n : threshold === 'all' ? BigInt(members.length) : fromDecimal(threshold);
  demand(
    needed !== null && needed >= 1n && needed <= BigInt(members.length),
    'policy',
    `threshold ${shownName(threshold)} is not all, any, or a number from 1 to ${members.length}`,
  );
  policy.groups.push({ name, needed: Number(needed), members });
}

function readQuorum(policy, words) {
  demand(words.length === 1, 'policy', 'expected quorum <name>|none');
  const quorum = words[0] === 'none' ? null : memberNamed(policy, words[0]);
  demand(policy.quorum === undefined, 'policy', 'a policy has exactly one quorum line');
  policy.quorum = quorum;
}

const find = (policy, name) => [...policy.witnesses, ...policy.groups].find((member) => member.name === name);

function memberNamed(policy, name) {
  const member = find(policy, name);
  demand(member, 'policy', `${shownName(name)} is not a witness or group of an earlier line`);
  return member;
}

function demandFree(policy, name) {
  demand(name !== 'none' && !find(policy, name), 'policy', `the name ${shownName(name)} is already taken`);
}

/**
 * Checks that one of the logs signed the checkpoint in `note` and that the quorum cosigned it. `asOf` is the largest time T
 * such that the cosignatures made at T or later meet the quorum, null under `quorum none`.
 */
async function evaluatePolicy(policy, note) {
  const checkpoint = parseCheckpoint(note.text);
  const verified = await verifyNote(note, [...policy.logs, ...policy.witnesses].map(({ key }) => key));
  const signed = ({ key }) => verified.find((line) => sameKey(line.key, key));
  const log = policy.logs.find((candidate) => candidate.key.name === checkpoint.origin && signed(candidate));
  demand(log, 'not_signed_by_log', `not signed by the log ${JSON.stringify(checkpoint.origin)}`);

  const times = new Map(policy.witnesses.map((witness) => [witness, signed(witness)?.time ?? null]));
  const cosigners = policy.witnesses
    .filter((witness) => times.get(witness) !== null)
    .map((witness) => ({ name: shownName(witness.name), time: times.get(witness) }));
  if (policy.quorum === null) return { checkpoint, logKey: log.key, cosigners, asOf: null };

  for (const group of policy.groups) {
    const newest = group.members.map((member) => times.get(member)).filter((time) => time !== null);
    newest.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    times.set(group, newest[group.needed - 1] ?? null);
  }
  const asOf = times.get(policy.quorum);
  if (asOf === null) {
    const who = cosigners.map(({ name }) => name).join(', ') || 'none of its witnesses';
    throw new Refused('quorum', `quorum ${shownName(policy.quorum.name)} is not met: cosigned by ${who}`);
  }
  return { checkpoint, logKey: log.key, cosigners, asOf };
}

const sameKey = (a, b) => a.name === b.name && a.type === b.type && sameBytes(a.publicKey, b.publicKey);
return { parsePolicy, shownName, evaluatePolicy };
})();

// src/statement_fault.js
const src_statement_fault = (() => {
/** Why a text is not a statement, or does not verify; `kind` is the name in spec/statement.md. */
class StatementFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = 'StatementFault';
    this.kind = kind;
  }
}
return { StatementFault };
})();

// src/claims.js
const src_claims = (() => {
// What a statement says around its body (spec/statement.md, "Claims"), each claim in its one form.

const { fromHex } = src_bytes;
const { parseEventTime } = src_event_time;
const { JsonNumber } = src_json;
const { StatementFault } = src_statement_fault;
const { isVehicleId } = src_vehicle_id;
const { TYPES } = src_vocabulary;

const MAX_ISSUED_AT = 253_402_300_799n;
const MAX_EVIDENCE = 256;
const REQUIRED = ['iss', 'iat', 'typ', 'vid', 'event_time', 'confidence', 'body'];
const OPTIONAL = ['evidence', 'recorded_at', 'place', 'supersedes'];

/** The claims in the opened payload. */
function readClaims(payload) {
  for (const name of REQUIRED) {
    if (!payload.has(name)) throw new StatementFault('claim_missing', `the claim \`${name}\` is missing`);
  }
  const take = (name, read, expected) => {
    const value = read(payload.get(name));
    if (value === null) throw new StatementFault('claim_invalid', `the claim \`${name}\` must be ${expected}`);
    return value;
  };
  const optional = (name, read, expected) => (payload.has(name) ? take(name, read, expected) : null);
  const claims = {
    iss: take('iss', issuer, '1 to 256 characters of text without control characters or outer spaces'),
    iat: take('iat', issuedAt, 'whole seconds since 1970, up to the year 9999'),
    typ: take('typ', (value) => (TYPES.has(value) ? value : null), 'a statement type of the vocabulary'),
    vid: take('vid', text(isVehicleId), 'a canonical vehicle id'),
    eventTime: take('event_time', time, 'a local time with its offset, as in 2026-03-04T14:30:00+09:00'),
    confidence: take('confidence', text((value) => /^[ABCD]$/.test(value)), 'A, B, C or D'),
    body: take('body', (value) => (value instanceof Map ? value : null), 'an object'),
    evidence: optional('evidence', evidence, `an array of 1 to ${MAX_EVIDENCE} objects`) ?? [],
    recordedAt: optional('recorded_at', time, 'a local time with its offset, as in 2026-03-04T14:30:00+09:00'),
    place: optional('place', text((value) => /^[A-Z]{2}[A-Z2-9]{3}$/.test(value)), 'a UN/LOCODE as in KRPUS'),
    supersedes: optional('supersedes', digest, '64 lower-case hex digits'),
  };
  for (const name of payload.keys()) {
    if (!REQUIRED.includes(name) && !OPTIONAL.includes(name)) {
      throw new StatementFault(
        'claim_unknown',
        `the claim ${JSON.stringify(name.slice(0, 80))} is not part of the statement format`,
      );
    }
  }
  return claims;
}

const text = (fits) => (value) => (typeof value === 'string' && fits(value) ? value : null);
const time = (value) => (typeof value === 'string' ? parseEventTime(value) : null);
const digest = (value) => (typeof value === 'string' ? fromHex(value, 32) : null);
const issuedAt = (value) => (value instanceof JsonNumber ? value.wholeUpTo(MAX_ISSUED_AT) : null);

const issuer = text((name) => {
  const length = [...name].length;
  return length >= 1 && length <= 256 && !/^\p{White_Space}|\p{White_Space}$|\p{Cc}/u.test(name);
});

function evidence(value) {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_EVIDENCE) return null;
  return value.map(pieceOfEvidence);
}

function pieceOfEvidence(value, position) {
  const invalid = (member, expected) => {
    throw new StatementFault('claim_invalid', `the claim \`evidence.${position}${member}\` must be ${expected}`);
  };
  if (!(value instanceof Map)) invalid('', 'an object');
  for (const name of ['sha256', 'kind']) {
    if (!value.has(name)) throw new StatementFault('claim_missing', `the claim \`evidence.${name}\` is missing`);
  }
  for (const name of value.keys()) {
    if (!['sha256', 'kind', 'page'].includes(name)) {
      const shown = JSON.stringify(name.slice(0, 80));
      throw new StatementFault('claim_unknown', `evidence.${position} has the unknown member ${shown}`);
    }
  }
  const kind = value.get('kind');
  if (typeof kind !== 'string' || !/^[a-z][a-z0-9_-]{0,31}$/.test(kind)) invalid('.kind', 'a lower-case word');
  const sha256 = digest(value.get('sha256')) ?? invalid('.sha256', '64 lower-case hex digits');
  if (!value.has('page')) return { sha256, kind, page: null };
  const page = value.get('page');
  const number = page instanceof JsonNumber ? page.wholeUpTo(2n ** 32n - 1n) : null;
  if (number === null || number === 0n) invalid('.page', 'a page number from 1');
  return { sha256, kind, page: number };
}
return { readClaims };
})();

// src/statement.js
const src_statement = (() => {
// Statements: SD-JWT (RFC 9901) with Ed25519, in the profile of spec/statement.md. Reading follows its section "Reading"
// step by step; whatever RFC 9901 allows and the profile does not is refused.

const { fromBase64Url, fromHex, fromUtf8, sameBytes, toBase64Url, toHex, toUtf8 } = src_bytes;
const { readClaims } = src_claims;
const { verifyStrict } = src_ed25519;
const { keyIdOf, sha256 } = src_hash;
const { JsonFault, parseJson } = src_json;
const { StatementFault } = src_statement_fault;

const MAX_STATEMENT_BYTES = 256 * 1024;
const MAX_DISCLOSURES = 256;
const MIN_SALT_CHARACTERS = 22;
const MAX_DEPTH = 32;

function insist(holds, kind, message) {
  if (!holds) throw new StatementFault(kind, message);
}

/** A well-formed statement. Well-formed is not verified. */
async function parseStatement(compact) {
  const length = toUtf8(compact).length;
  insist(length <= MAX_STATEMENT_BYTES, 'too_large', `${length} bytes; a statement has at most ${MAX_STATEMENT_BYTES}`);
  const tilde = compact.indexOf('~');
  const jwt = compact.slice(0, Math.max(tilde, 0));
  const parts = jwt.split('.');
  insist(
    tilde >= 0 && parts.length === 3,
    'not_compact',
    'not an SD-JWT: expected header.payload.signature~ and disclosures that each end in ~',
  );
  const keyId = readHeader(jsonObject(parts[0], 'the header'));
  const payload = jsonObject(parts[1], 'the payload');
  const signature = fromBase64Url(parts[2]);
  insist(signature, 'base64', 'the signature is not canonical base64url');
  insist(signature.length === 64, 'signature_length', 'the signature is not 64 bytes long');
  const disclosures = await readDisclosures(compact.slice(tilde + 1));

  const algorithm = payload.has('_sd_alg') ? payload.get('_sd_alg') : 'sha-256';
  insist(algorithm === 'sha-256', 'hash_algorithm', '_sd_alg must be sha-256');
  payload.delete('_sd_alg');
  insist(
    !payload.has('_sd') && !payload.has('...'),
    'selective_outside_body',
    'only fields of body may be selectively disclosable',
  );
  let opened = { hidden: 0, paths: [] };
  if (payload.get('body') instanceof Map) {
    opened = open(payload.get('body'), disclosures);
    payload.set('body', opened.body);
  }
  return {
    keyId,
    signed: `${parts[0]}.${parts[1]}`,
    signature,
    digest: await sha256(toUtf8(jwt)),
    claims: readClaims(payload),
    disclosed: opened.paths,
    hidden: opened.hidden,
  };
}

/** Checks that this key signed the statement. */
async function verifyStatement(statement, publicKey) {
  insist(
    sameBytes(await keyIdOf(publicKey), statement.keyId),
    'wrong_key',
    `the statement names the key ${toHex(statement.keyId)}, not the one given`,
  );
  insist(
    await verifyStrict(publicKey, toUtf8(statement.signed), statement.signature),
    'bad_signature',
    'the signature is not valid',
  );
}

function json(encoded, part) {
  const bytes = fromBase64Url(encoded);
  insist(bytes, 'base64', `${part} is not canonical base64url`);
  const text = fromUtf8(bytes);
  insist(text !== null, 'json', `${part} is not UTF-8`);
  try {
    return parseJson(text, MAX_DEPTH);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const kind = { duplicate: 'json_duplicate_member', too_deep: 'too_deep' }[error.kind] ?? 'json';
    throw new StatementFault(kind, `${part}: ${error.message}`);
  }
}

function jsonObject(encoded, part) {
  const value = json(encoded, part);
  insist(value instanceof Map, 'not_object', `${part} is not a JSON object`);
  return value;
}

/** Exactly `alg`, `typ` and `kid`: a member that is not acted on might change the meaning for a reader who does. */
function readHeader(header) {
  insist(header.get('alg') === 'EdDSA', 'algorithm', "the header's alg must be EdDSA");
  insist(header.get('typ') === 'carnet+sd-jwt', 'type', "the header's typ must be carnet+sd-jwt");
  insist(header.has('kid'), 'key_id', "the header's kid must be a key id of 64 lower-case hex digits");
  insist(header.size === 3, 'header_member', 'the header has a member that is not allowed');
  const kid = header.get('kid');
  const keyId = typeof kid === 'string' ? fromHex(kid, 32) : null;
  insist(keyId, 'key_id', "the header's kid must be a key id of 64 lower-case hex digits");
  return keyId;
}

async function readDisclosures(rest) {
  if (rest === '') return [];
  insist(rest.endsWith('~'), 'key_binding', 'text after the last ~: a statement has no key binding');
  const texts = rest.slice(0, -1).split('~');
  insist(texts.length <= MAX_DISCLOSURES, 'too_many_disclosures', `more than ${MAX_DISCLOSURES} disclosures`);
  const disclosures = [];
  for (const [position, encoded] of texts.entries()) disclosures.push(await readDisclosure(encoded, position));
  return disclosures;
}

async function readDisclosure(encoded, position) {
  const items = json(encoded, `disclosure ${position}`);
  const shape =
    Array.isArray(items) &&
    (items.length === 2 || (items.length === 3 && typeof items[1] === 'string')) &&
    typeof items[0] === 'string';
  insist(shape, 'disclosure_shape', `disclosure ${position} is not [salt, name, value] or [salt, value]`);
  insist(
    toUtf8(items[0]).length >= MIN_SALT_CHARACTERS,
    'weak_salt',
    `the salt of disclosure ${position} has fewer than ${MIN_SALT_CHARACTERS} characters (128 bits)`,
  );
  return {
    digest: toBase64Url(await sha256(toUtf8(encoded))),
    name: items.length === 3 ? items[1] : null,
    value: items.at(-1),
  };
}

/** Puts the disclosed values in place of their digests (RFC 9901, section 7.1, step 3). */
function open(body, disclosures) {
  const opener = new Opener(disclosures);
  const opened = opener.object(body, { path: '', depth: 1 });
  for (const [position, { digest }] of disclosures.entries()) {
    insist(
      opener.seen.has(digest),
      'unreferenced',
      `disclosure ${position} belongs to nothing in this statement`,
    );
  }
  return { body: opened, hidden: opener.hidden, paths: opener.paths };
}

const isReserved = (name) => name === '_sd' || name === '...' || name === '_sd_alg';
const isDigest = (value) => typeof value === 'string' && fromBase64Url(value)?.length === 32;
const shownPath = (here) => here.path || 'the top';

const child = (here, name) => ({
  path: here.path === '' ? name : `${here.path}.${name}`,
  depth: here.depth + 1,
});

class Opener {
  constructor(disclosures) {
    this.byDigest = new Map();
    for (const [position, disclosure] of disclosures.entries()) {
      insist(
        !this.byDigest.has(disclosure.digest),
        'disclosure_twice',
        `disclosure ${position} repeats an earlier one`,
      );
      this.byDigest.set(disclosure.digest, disclosure);
    }
    /** Every digest met so far, disclosed or not. */
    this.seen = new Set();
    this.hidden = 0;
    /** Where the disclosures went. */
    this.paths = [];
  }

  value(value, here) {
    const isObject = value instanceof Map;
    if (!isObject && !Array.isArray(value)) return value;
    // Disclosures nest in disclosures, each within the depth limit of its own text; the sum needs a limit too.
    insist(here.depth <= MAX_DEPTH, 'too_deep', `the disclosed body is nested deeper than ${MAX_DEPTH} levels`);
    return isObject ? this.object(value, here) : this.array(value, here);
  }

  object(object, here) {
    const opened = new Map();
    for (const [name, value] of object) {
      if (name === '_sd') continue;
      insist(!isReserved(name), 'reserved_name', `a field at ${shownPath(here)} has a reserved name`);
      opened.set(name, this.value(value, child(here, name)));
    }
    if (!object.has('_sd')) return opened;
    const digests = object.get('_sd');
    insist(
      Array.isArray(digests) && digests.every(isDigest),
      'digest_shape',
      `malformed digests at ${shownPath(here)}`,
    );
    for (const digest of digests) {
      const disclosure = this.lookUp(digest);
      if (!disclosure) continue;
      const { name } = disclosure;
      insist(
        name !== null,
        'disclosure_kind',
        `the disclosure at ${shownPath(here)} is of the wrong kind (property or array element)`,
      );
      insist(!isReserved(name), 'reserved_name', `a field at ${shownPath(here)} has a reserved name`);
      const there = child(here, name);
      insist(!opened.has(name), 'name_collision', `the field ${there.path} is there twice, once disclosed`);
      this.paths.push(there.path);
      opened.set(name, this.value(disclosure.value, there));
    }
    return opened;
  }

  array(array, here) {
    const opened = [];
    for (const [index, element] of array.entries()) {
      const there = child(here, String(index));
      if (!(element instanceof Map && element.has('...'))) {
        opened.push(this.value(element, there));
        continue;
      }
      const digest = element.get('...');
      insist(element.size === 1 && isDigest(digest), 'digest_shape', `malformed digests at ${there.path}`);
      const disclosure = this.lookUp(digest);
      if (!disclosure) continue;
      insist(
        disclosure.name === null,
        'disclosure_kind',
        `the disclosure at ${there.path} is of the wrong kind (property or array element)`,
      );
      this.paths.push(there.path);
      opened.push(this.value(disclosure.value, there));
    }
    return opened;
  }

  /** The disclosure of a digest, if it was given. A digest may be met once only. */
  lookUp(digest) {
    insist(!this.seen.has(digest), 'digest_twice', `the digest ${digest} occurs twice`);
    this.seen.add(digest);
    const disclosure = this.byDigest.get(digest);
    if (!disclosure) this.hidden += 1;
    return disclosure;
  }
}
return { parseStatement, verifyStatement };
})();

// src/trie.js
const src_trie = (() => {
// What the index says about one label (spec/index.md, "Proof").

const { fromBigEndian, sameBytes } = src_bytes;
const { emptyTrieRoot, trieLeafHash, trieNodeHash } = src_hash;
const { Refused, demand } = src_refusal;

/** A proof from its one encoding: count u16, steps (bit u16, sibling[32]), 0 or 1 and label[32], value[32]. */
function parseTrieProof(bytes) {
  let at = 0;
  const take = (length) => {
    demand(at + length <= bytes.length, 'trie_proof', 'the encoded proof ends in the middle');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (length) => Number(fromBigEndian(take(length)));
  const steps = [];
  for (let count = number(2); count > 0; count -= 1) steps.push({ bit: number(2), sibling: take(32) });
  const flag = number(1);
  demand(flag <= 1, 'trie_proof', `the encoded proof has ${flag} where 0 or 1 says whether a leaf follows`);
  const terminal = flag === 1 ? { label: take(32), value: take(32) } : null;
  demand(at === bytes.length, 'trie_proof', `the encoded proof has ${bytes.length - at} bytes too many`);
  steps.forEach(({ bit }, step) => {
    demand(bit <= 255, 'trie_proof', `step ${step} decides at bit ${bit}, and a label has bits 0 to 255`);
    demand(
      step === 0 || bit > steps[step - 1].bit,
      'trie_proof',
      `step ${step} decides at a bit that is not later than the one above it`,
    );
  });
  demand(terminal || steps.length === 0, 'trie_proof', 'the proof has steps and no leaf at their end');
  return { steps, terminal };
}

/** The value the trie with this root holds for `key`, or null where it holds none; refuses a proof that shows neither. */
async function trieAnswer(proof, root, key) {
  const { steps, terminal } = proof;
  const hash = terminal ? await climb(steps, terminal, key) : await emptyTrieRoot();
  if (!sameBytes(hash, root)) throw new Refused('trie_proof', 'the proof leads to another root');
  return terminal && sameBytes(terminal.label, key) ? terminal.value : null;
}

async function climb(steps, terminal, key) {
  let hash = await trieLeafHash(terminal.label, terminal.value);
  for (const { bit, sibling } of [...steps].reverse()) {
    const right = (key[bit >> 3] >> (7 - (bit & 7))) & 1;
    hash = right ? await trieNodeHash(bit, sibling, hash) : await trieNodeHash(bit, hash, sibling);
  }
  return hash;
}
return { parseTrieProof, trieAnswer };
})();

// src/ristretto.js
const src_ristretto = (() => {
// The group ristretto255 (RFC 9496): elements are points of edwards25519, and each element has one encoding.

const { fromLittleEndian } = src_bytes;
const { D, P, SQRT_M1, absolute, add, isNegative, mod, sqrtRatio, toLittleEndian32 } = src_edwards;

// RFC 9496, section 4.1.
const SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235n;
const INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578n;
const ONE_MINUS_D_SQ = 1159843021668779879193775521855586647937357759715417654439879720876111806838n;
const D_MINUS_ONE_SQ = 40440834346308536858101042469323190826248399146238708352240133220865137265952n;

/** The element in 32 bytes (section 4.3.1), or null where they are not the one encoding of an element. */
function decodeElement(bytes) {
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
function encodeElement(point) {
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
function elementFromUniform(bytes) {
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
return { decodeElement, encodeElement, elementFromUniform };
})();

// src/vrf.js
const src_vrf = (() => {
// The verifiable random function of c2sp.org/vrf-r255: ECVRF of RFC 9381 over ristretto255 with SHA-512. Keys are always
// validated, because the holder of the key is the very party that could gain from a label that is not unique.

const { fromLittleEndian, sameBytes, toUtf8 } = src_bytes;
const { BASE, ORDER, multiplyTwo, negate } = src_edwards;
const { sha512 } = src_hash;
const { demand } = src_refusal;
const { decodeElement, elementFromUniform, encodeElement } = src_ristretto;

const SUITE = Uint8Array.of(0xff, ...toUtf8('c2sp.org/vrf-r255'));
const BACK = Uint8Array.of(0x00);

/** The public key in 32 bytes; refuses other encodings than the one, and the identity. */
function readVrfKey(bytes) {
  const point = bytes.length === 32 ? decodeElement(bytes) : null;
  demand(point, 'vrf_key_form', 'not a VRF public key: the bytes do not encode a ristretto255 element');
  demand(bytes.some((byte) => byte !== 0), 'vrf_key_form', 'not a VRF public key: it is the identity element');
  return { bytes, point };
}

/** The 64-byte output that the 80-byte `proof` shows for `input` (RFC 9381, section 5.3). */
async function vrfOutput(key, input, proof) {
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
return { readVrfKey, vrfOutput };
})();

// src/verify.js
const src_verify = (() => {
// Verification of a dossier, step by step (spec/dossier.md, "Verification"). Each function is one step and reads like its
// section; order and refusals are those of the reference implementation (crates/dossier/src/verify.rs).

const { fromBase64, sameBytes, toHex, toUtf8 } = src_bytes;
const { parseCheckpoint } = src_checkpoint;
const { readDossier } = src_dossier_file;
const { decodeEntry } = src_entry;
const { verifyNotice } = src_erasure;
const { EMPTY_CHAIN, chainValue, extendChain, keyLabel, leafHash } = src_hash;
const { verifyInclusion } = src_merkle;
const { isKeyName, parseNote } = src_note;
const { evaluatePolicy, parsePolicy } = src_policy;
const { Refused, STEPS, demand } = src_refusal;
const { parseStatement, verifyStatement } = src_statement;
const { StatementFault } = src_statement_fault;
const { parseTrieProof, trieAnswer } = src_trie;
const { TYPES } = src_vocabulary;
const { readVrfKey, vrfOutput } = src_vrf;

/** How far T may lie ahead of now, in seconds, before it counts as a time that has not come. */
const CLOCK_TOLERANCE = 300n;

/** A dossier that is refused: the step by number and name, the item, a stable reason, and the reason in English. */
class Refusal extends Error {
  constructor(step, item, reason, detail) {
    super(`step ${step} (${STEPS[step]})${item ? `, ${item}` : ''}: ${detail}`);
    this.name = 'Refusal';
    Object.assign(this, { step, stepName: STEPS[step], item, reason, detail });
  }

  /** Whether everything holds but the age: nothing is forged, and a newer dossier is needed. */
  get stale() {
    return this.reason === 'stale';
  }
}

/**
 * What a verifier brings along: the bytes of a policy file, the line `<origin>+vrf-r255+<base64>`, and how old the proof of
 * freshness may be, in seconds. Refuses with `Refused`, reason `policy`, `key` or `vrf_key_form`.
 */
async function readTrust(policyBytes, vrfKeyText, maxAge) {
  return { policy: await parsePolicy(policyBytes), vrfKey: parseVrfKey(vrfKeyText.trim()), maxAge: BigInt(maxAge) };
}

function parseVrfKey(text) {
  const [origin, algorithm, ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  demand(
    isKeyName(origin) && algorithm === 'vrf-r255' && bytes?.length === 32,
    'vrf_key_form',
    'not a VRF key of the form <origin>+vrf-r255+<base64 of 32 bytes>',
  );
  return { origin, ...readVrfKey(bytes) };
}

/**
 * Verifies the bytes of a dossier and says what it proves: the statements about a vehicle, complete and unaltered as of
 * `asOf`, or that the log knows nothing of it. `asked` is the vehicle in question as a canonical id, or null for the one the
 * file names; `now` is in POSIX seconds. Throws a `Refusal`.
 */
async function verifyDossier(bytes, trust, asked, now) {
  const dossier = await step(0, () => readDossier(bytes));
  const sealed = await step(1, () => checkpointStep(dossier, trust, BigInt(now)));
  const log = sealed.checkpoint;
  const epoch = await step(2, () => indexStep(dossier, log));
  const vehicle = asked ?? dossier.vehicle;
  const label = await step(3, () => labelStep(dossier, trust, log, epoch, vehicle));
  const chain = await step(4, () => trieStep(dossier, epoch, label));

  const report = {
    vehicle,
    asked: asked !== null,
    origin: log.origin,
    size: log.size,
    asOf: sealed.asOf,
    cosigners: sealed.cosigners,
    label,
    statements: [],
    erased: [],
  };
  if (chain) {
    const scene = { log, last: log.size - 1n, epoch, label, vehicle, logKey: sealed.logKey };
    await statementsStep(dossier, scene, chain, report);
  }
  const age = BigInt(now) - sealed.asOf;
  if (age > trust.maxAge) {
    const detail = `complete as of ${sealed.asOf}, which is ${age} seconds ago; at most ${trust.maxAge} are allowed`;
    throw Object.assign(new Refusal(1, '', 'stale', detail), { asOf: sealed.asOf });
  }
  return report;
}

/** Runs a part of a step and names step and item in what it refuses. */
async function step(number, run, item = '') {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refusal(number, item + (error.within ?? ''), error.reason, error.detail);
  }
}

/** Step 1: the log and the quorum have signed, and when. */
async function checkpointStep(dossier, trust, now) {
  const note = parseNote(toUtf8(dossier.checkpoint));
  const { origin } = parseCheckpoint(note.text);
  demand(
    trust.policy.logs.some(({ key }) => key.name === origin),
    'unknown_log',
    `the checkpoint is of the log ${JSON.stringify(origin)}, which the policy does not name`,
  );
  const accepted = await evaluatePolicy(trust.policy, note).catch((error) => {
    const unsigned = error instanceof Refused && error.reason === 'no_known_signature';
    throw unsigned ? new Refused('not_signed_by_log', `not signed by the log ${JSON.stringify(origin)}`) : error;
  });
  demand(
    accepted.asOf !== null,
    'no_freshness',
    'the policy asks for no cosignature, so nothing says how old the checkpoint is',
  );
  demand(
    accepted.asOf <= now + CLOCK_TOLERANCE,
    'from_future',
    `cosigned ${accepted.asOf - now} seconds in the future; a cosigner's clock or this one is wrong`,
  );
  return accepted;
}

/** Step 2: the checkpoint's last entry is the index over all others (rule R1). */
async function indexStep(dossier, log) {
  demand(log.size > 0n, 'empty_log', 'the log is empty');
  const last = log.size - 1n;
  const entry = await decodeEntry(dossier.index.entry);
  demand(entry.kind === 'I', 'entry_kind', 'not an entry of type I');
  demand(
    entry.treeSize === last,
    'index_size',
    `the index covers ${entry.treeSize} entries, and the checkpoint's last entry must cover ${last} (rule R1)`,
  );
  await included(log, last, await leafHash(dossier.index.entry), dossier.index.inclusion);
  demand(
    entry.epochs.length === 1,
    'epochs',
    `the index has ${entry.epochs.length} VRF epochs, and map version 1 has one`,
  );
  return entry.epochs[0];
}

const included = (log, at, leaf, proof) => verifyInclusion(at, log.size, leaf, proof, log.root);

/** Step 3: the label is that of the vehicle asked for. */
async function labelStep(dossier, trust, log, epoch, vehicle) {
  demand(
    vehicle === dossier.vehicle,
    'other_vehicle',
    `this is the dossier of ${dossier.vehicle}, and ${vehicle} was asked for`,
  );
  const key = trust.vrfKey;
  demand(
    key.origin === log.origin,
    'vrf_key_of_other_log',
    `the VRF key given is that of the log ${JSON.stringify(key.origin)}`,
  );
  demand(
    sameBytes(key.bytes, epoch.vrfKey),
    'vrf_key',
    "the log's index was made with another VRF key than the one given",
  );
  const output = await vrfOutput(key, toUtf8(`carnet/id/v1${vehicle}`), dossier.vrfProof);
  return output.slice(0, 32);
}

/** Step 4: what the index says about the label. Null: nothing. */
async function trieStep(dossier, epoch, label) {
  const value = await trieAnswer(parseTrieProof(dossier.trieProof), epoch.root, label);
  const { chain } = dossier;
  if (value) {
    demand(chain, 'chain_missing', 'the index knows this vehicle, and the file says it does not');
    demand(
      chain.count > 0n && sameBytes(await chainValue(chain), value),
      'chain_value',
      'count and head of the chain are not those in the index',
    );
    return chain;
  }
  demand(
    !chain && [dossier.statements, dossier.issuers, dossier.erasures].every((list) => list.length === 0),
    'not_in_index',
    'the index knows nothing of this vehicle, and the file has statements about it',
  );
  return null;
}

/** Whether an entry may stand at `at`, given where the one before it stands. */
function demandOrder(scene, before, at) {
  demand(
    before === null || at > before,
    'not_rising',
    `its log index is not greater than ${before}, that of the item before`,
  );
  demand(at < scene.last, 'not_covered', `its log index is not less than ${scene.last}, that of the index entry`);
}

/** Step 5: the statements are exactly those the index counts, each signed by whoever was entitled to. */
async function statementsStep(dossier, scene, chain, report) {
  const { statements, issuers, erasures } = dossier;
  const keyItem = (position) => `issuer key ${position + 1} of ${issuers.length}`;
  const noticeItem = (position) => `erasure notice ${position + 1} of ${erasures.length}`;
  const found = BigInt(statements.length);

  /** Issuer keys whose complete history is known, by key id. */
  const keys = new Map();
  for (const [position, key] of issuers.entries()) {
    await step(5, () => issuerKey(keys, key, position, scene), keyItem(position));
  }
  const notices = [];
  for (const [position, signed] of erasures.entries()) {
    await step(5, async () => notices.push({ notice: await notice(signed, scene), used: false }), noticeItem(position));
  }
  await step(5, () =>
    demand(found === chain.count, 'count', `the index counts ${chain.count} statements, the file has ${found}`),
  );

  const progress = { chain: EMPTY_CHAIN, before: null, digests: new Set() };
  for (const [position, item] of statements.entries()) {
    const name = `statement ${position + 1} of ${found} at log index ${item.logIndex}`;
    await step(5, () => statementItem(item, progress, keys, notices, scene, report), name);
  }
  await step(5, () =>
    demand(
      progress.chain.count === chain.count && sameBytes(progress.chain.head, chain.head),
      'chain_head',
      'the chain of these statements has another head than the index',
    ),
  );

  const idle = [...keys.values()].sort((a, b) => (a.keyIdHex < b.keyIdHex ? -1 : 1)).find((key) => !key.used);
  if (idle) {
    const detail = `no statement is by the key ${idle.keyIdHex}`;
    throw new Refusal(5, keyItem(idle.position), 'key_unused', detail);
  }
  const unneeded = notices.findIndex(({ used }) => !used);
  if (unneeded >= 0) throw new Refusal(5, noticeItem(unneeded), 'notice_unused', 'no statement refers to it');
  linkSuperseded(report);
}

/** One issuer key: all its entries, and no others. */
async function issuerKey(keys, { entries, trieProof }, position, scene) {
  const history = [];
  for (const { logIndex, entry, inclusion } of entries) {
    try {
      demandOrder(scene, history.at(-1)?.logIndex ?? null, logIndex);
      const leaf = await leafHash(entry);
      await included(scene.log, logIndex, leaf, inclusion);
      const decoded = await decodeEntry(entry);
      demand(decoded.kind === 'K', 'entry_kind', 'not an entry of type K');
      history.push({ logIndex, leaf, entry: decoded });
    } catch (error) {
      if (error instanceof Refused) error.within = `, entry at log index ${logIndex}`;
      throw error;
    }
  }
  const record = keyRecord(history);
  const label = await keyLabel(record.keyId);
  let chain = EMPTY_CHAIN;
  for (const { logIndex, leaf } of history) chain = await extendChain(chain, label, logIndex, leaf);
  const value = await trieAnswer(parseTrieProof(trieProof), scene.epoch.root, label);
  const keyIdHex = toHex(record.keyId);
  demand(
    value && sameBytes(value, await chainValue(chain)),
    'key_incomplete',
    `these are not all the entries the log has about the key ${keyIdHex}`,
  );
  demand(!keys.has(keyIdHex), 'key_twice', `the key ${keyIdHex} is listed twice`);
  keys.set(keyIdHex, { position, record, keyIdHex, used: false });
}

/** What one key's entries say together: an enrolment, and at most one revocation after it. */
function keyRecord(history) {
  demand(history.length > 0, 'no_key_entry', 'no entry');
  const [{ entry: first, logIndex: enrolledAt }, ...later] = history;
  const named = (entry) => `issuer key ${toHex(entry.keyId)}`;
  demand(first.action === 'enrolled', 'key_history', `${named(first)} is not enrolled`);
  let revokedAt = null;
  for (const { entry, logIndex } of later) {
    demand(entry.action === 'revoked', 'key_history', `${named(entry)} is enrolled twice`);
    demand(sameBytes(entry.keyId, first.keyId), 'key_history', `${named(entry)} is not enrolled`);
    demand(revokedAt === null, 'key_history', `${named(entry)} is revoked twice`);
    revokedAt = { logIndex, reason: entry.reason };
  }
  return { ...first, enrolledAt, revokedAt };
}

async function notice(signed, scene) {
  const read = await verifyNotice(signed, scene.logKey);
  demand(sameBytes(read.label, scene.label), 'notice_of_other_vehicle', 'the notice is about another vehicle');
  // Else one notice, signed once, could stand for every statement there will ever be.
  demand(
    read.through < scene.last,
    'notice_ahead',
    `the notice covers log indices up to ${read.through}, and the last before the index entry is ${scene.last - 1n}: ` +
      'nobody can erase what was not stated yet',
  );
  return read;
}

/** One statement of the list: its entry, who signed, and its content or word of the content's erasure. */
async function statementItem(item, progress, keys, notices, scene, report) {
  const leaf = await leafHash(item.entry);
  const entry = await statementEntry(item, leaf, progress.before, scene);
  const digestHex = toHex(entry.digest);
  demand(
    !progress.digests.has(digestHex),
    'digest_twice',
    `the statement ${digestHex} stands in the log before, and each may be sealed once`,
  );
  progress.digests.add(digestHex);
  const issuer = entitled(keys, entry.keyId, item.logIndex);
  const shown = { logIndex: item.logIndex, digest: entry.digest, issuer, supersededBy: [], contestedBy: [] };
  if (item.content.statement !== undefined) {
    report.statements.push({ ...shown, ...(await content(item.content.statement, entry, issuer, scene)) });
  } else {
    report.erased.push({ ...shown, notice: erased(notices, item) });
  }
  progress.chain = await extendChain(progress.chain, scene.label, item.logIndex, leaf);
  progress.before = item.logIndex;
}

/** The item's entry: in order, in the log, and about this vehicle. */
async function statementEntry(item, leaf, before, scene) {
  demandOrder(scene, before, item.logIndex);
  await included(scene.log, item.logIndex, leaf, item.inclusion);
  const entry = await decodeEntry(item.entry);
  demand(entry.kind === 'S', 'entry_kind', 'not an entry of type S');
  demand(
    entry.vrfEpoch === scene.epoch.epoch,
    'entry_epoch',
    `the entry is of VRF epoch ${entry.vrfEpoch}, the index of ${scene.epoch.epoch}`,
  );
  demand(sameBytes(entry.label, scene.label), 'entry_label', 'the entry is about another vehicle');
  return entry;
}

/** The key, if it was valid at this log index. */
function entitled(keys, keyId, at) {
  const keyIdHex = toHex(keyId);
  const key = keys.get(keyIdHex);
  demand(key, 'key_not_listed', `the key ${keyIdHex} is not among the issuer keys of the file`);
  key.used = true;
  const { record } = key;
  demand(
    record.enrolledAt < at && (record.revokedAt === null || at < record.revokedAt.logIndex),
    'key_not_valid',
    `the key ${keyIdHex} was not valid at this log index`,
  );
  return record;
}

/** The content: signed by that key, the one the entry commits to, and within the issuer's role. */
async function content(compact, entry, issuer, scene) {
  const statement = await asRefusal('statement', () => parseStatement(compact));
  await asRefusal('signature', () => verifyStatement(statement, issuer.publicKey));
  demand(
    sameBytes(statement.digest, entry.digest),
    'digest',
    `its digest is ${toHex(statement.digest)}, and the log has ${toHex(entry.digest)}`,
  );
  const { claims, disclosed, hidden } = statement;
  demand(claims.vid === scene.vehicle, 'statement_of_other_vehicle', `the statement is about ${claims.vid}`);
  demand(
    claims.iss === issuer.issuer,
    'issuer',
    `the statement is by ${JSON.stringify(claims.iss)}, and its key is enrolled for ${JSON.stringify(issuer.issuer)}`,
  );
  demand(
    TYPES.get(claims.typ).issuers.some((role) => issuer.roles.includes(role)),
    'role',
    `none of the issuer's roles (${issuer.roles.join(', ')}) may state ${claims.typ}`,
  );
  return { claims, disclosed, hidden };
}

async function asRefusal(reason, run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StatementFault)) throw error;
    throw new Refused(reason, reason === 'statement' ? `not a statement: ${error.message}` : error.message);
  }
}

/** The notice that accounts for a missing content. */
function erased(notices, item) {
  const position = item.content.erased;
  const named = position < BigInt(notices.length) ? notices[Number(position)] : null;
  demand(named, 'notice_missing', `its content is said to be erased by notice ${position}, which is not in the file`);
  named.used = true;
  demand(
    item.logIndex <= named.notice.through,
    'not_erased',
    `its content is missing, and the notice covers only log indices up to ${named.notice.through}`,
  );
  return named.notice;
}

/** Tells each statement which later ones correct it, and which say so without being entitled to. */
function linkSuperseded(report) {
  const corrections = report.statements.filter(({ claims }) => claims.supersedes);
  for (const item of [...report.statements, ...report.erased]) {
    for (const { claims, logIndex, issuer } of corrections) {
      if (!sameBytes(claims.supersedes, item.digest) || logIndex <= item.logIndex) continue;
      const may = issuer.issuer === item.issuer.issuer || issuer.roles.includes('dispute_panel');
      (may ? item.supersededBy : item.contestedBy).push(logIndex);
    }
  }
}
return { Refusal, readTrust, verifyDossier };
})();

// page/dom.js
const page_dom = (() => {
// Elements, made without ever parsing markup: whatever a file holds ends up as text.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children. Null children are left out; texts become text nodes. */
function h(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for a drawing. */
function svg(name, attributes, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [attribute, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(attribute, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element with this id. */
const byId = (id) => document.getElementById(id);
return { h, svg, byId };
})();

// page/messages.js
const page_messages = (() => {
// Made by build.js from messages/*.ftl. Do not edit.

/** Every language's messages by id: lists of texts and placeables. */
const MESSAGES = {
  en: {"language":["English"],"title":["Check a vehicle dossier"],"lead":["A dossier is a file that proves a vehicle’s history. This page checks it on this device: nothing is sent anywhere, and it works offline."],"noscript":["This page checks files on your device and needs JavaScript for it. Please switch it on."],"choose-language":["Language"],"step-file":["Dossier file"],"choose-file":["Choose file"],"drop-hint":["or drop it here. Its name ends in .carnet."],"step-vehicle":["Number on the car"],"vehicle-hint":["VIN or frame number as it is stamped on the car. Without it, the answer is about the vehicle the file names."],"vehicle-bad":["Not a VIN (17 characters, never I, O or Q) and not a frame number (such as ZVW30-1234567)."],"step-trust":["Whom you trust"],"trust-hint":["The policy names the log and the witnesses who watch it. Get both files from somebody other than the seller."],"trust-carried":["This page carries the policy and VRF key of ",["log"],". Whoever gave you the page chose them."],"trust-other":["Use others"],"policy":["Policy"],"vrf-key":["VRF key"],"max-age":["How old it may be"],"days":[["count"]," days"],"check":["Check"],"another":["Check another file or number"],"checking":["Checking…"],"need-file":["Choose a dossier file first."],"need-trust":["A policy and a VRF key are needed."],"trust-bad":["The policy or the VRF key cannot be used."],"cannot":["This browser lacks the cryptography that is needed. Open the page over HTTPS, or from a saved file, in a current browser."],"failed":["The check itself failed. That says nothing about the file."],"verdict-verified":["Complete and unaltered"],"verdict-verified-text":["Every statement that the log held about this vehicle at that time is here (",["count"],"), and none was altered. It is certain who signed each one. Whether what they say is true, no log can know."],"verdict-erased-text":["The content of ",["erased"]," of them was erased by the log: what they said can no longer be read."],"verdict-absent":["The log knows nothing of this vehicle"],"verdict-absent-text":["This is proven as of that time. It does not mean that nothing happened to the car, only that nobody stated anything about it in this log."],"verdict-refused":["Refused: do not believe this file"],"verdict-refused-text":["Ask the seller where it comes from, and ask for a new one from the log."],"verdict-refused-where":["Step ",["step"]," of 5: ",["name"]],"verdict-stale":["Too old"],"verdict-stale-text":["Nothing in it is forged, but it may lack what happened since. You allow ",["days"]," days. Ask for a newer one."],"as-of":["as of ",["time"]],"not-asked":["You did not type the number on the car. The answer is about this number; compare it with the one on the car:"],"asked":["This is the number you typed."],"step-0":["the file"],"step-1":["signatures of the log and its witnesses"],"step-2":["index of the log"],"step-3":["label of the vehicle"],"step-4":["entry in the index"],"step-5":["statements"],"item-statement":["Statement ",["number"]," of ",["count"],", log index ",["index"]],"item-key":["Issuer key ",["number"]," of ",["count"]],"item-notice":["Erasure notice ",["number"]," of ",["count"]],"technical":["In detail"],"why-file":["The file is damaged, or is no dossier."],"why-unknown-log":["It comes from a log that the policy does not name."],"why-signatures":["A signature of the log or of a witness is missing or wrong."],"why-quorum":["Too few witnesses have signed."],"why-no-freshness":["The policy asks for no witness, so nothing says how old the dossier is."],"why-from-future":["Its time lies in the future. Is the clock of this device right?"],"why-index":["The index in it is not the one of this log."],"why-other-vehicle":["It is the dossier of another vehicle."],"why-vrf-key":["The VRF key given is not the key of this log."],"why-label":["It is not proven that these entries are this vehicle’s."],"why-trie":["What it claims is not what the index says."],"why-count":["Statements were left out, added or moved."],"why-not-in-log":["This does not stand in the log as claimed."],"why-key":["The issuer’s key is not proven, or was not valid."],"why-notice":["A content is missing, and no valid erasure notice accounts for it."],"why-statement":["The statement was altered, or was not signed by its issuer."],"why-statement-other":["The statement is about another vehicle."],"why-issuer":["The issuer may not state this."],"car":["The car"],"vin":["VIN"],"frame":["Frame number"],"car-make":["Make"],"car-model":["Model"],"car-year":["Model year"],"car-fuel":["Fuel"],"car-colour":["Colour"],"car-first":["First registration"],"stated-by":["stated by ",["issuer"]],"odometer":["Odometer"],"chart-label":["Odometer readings over time (",["count"],"), the first ",["first"],", the last ",["last"],". The timeline has each of them."],"chart-none":["No statement has an odometer reading."],"chart-superseded":["superseded"],"chart-miles":["Readings in miles are drawn in km."],"timeline":["Timeline"],"details":["Details"],"superseded":["Superseded by the statement at log index ",["index"]],"contested":["Contested by somebody else at log index ",["index"],"; it stands"],"corrects":["Corrects an earlier statement"],"withheld":["Fields withheld: ",["count"]],"withheld-may":["May be withheld here: ",["fields"]],"disclosed":["personal"],"key-revoked":["The issuer’s key was revoked later. Reason: ",["reason"]],"erased":["Content erased"],"erased-text":["The log erased this content on ",["date"],". Asked for by: ",["who"],". Reason: ",["why"]],"signed":["Signed"],"recorded":["Recorded"],"place":["Place"],"log-index":["Log index"],"confidence":["Confidence"],"confidence-a":["A, authority"],"confidence-b":["B, accredited professional"],"confidence-c":["C, trade party"],"confidence-d":["D, owner or unknown"],"who":["Who said what"],"issuer":["Issuer"],"roles":["Role"],"statements":["Statements"],"period":["Period"],"documents":["Documents"],"documents-hint":["Statements name documents by their digest (SHA-256). If you hold one, this page can compare it."],"documents-none":["No statement names a document."],"document-kind":["Document"],"page":["page ",["number"]],"digest":["Digest"],"check-document":["Compare a document"],"document-match":["The same: ",["name"]],"document-other":["Not among the documents named: ",["name"]],"checked":["What was checked"],"log":["Log"],"log-size":["Entries in the log"],"cosigners":["Cosigned by"],"label":["Label"],"policy-digest":["Digest of the policy"],"trust-source-page":["carried by this page"],"checked-with-user":["Checked with the policy you gave, for the log ",["log"],". A policy that comes from the seller proves nothing."],"checked-with-page":["Checked with the policy this page carries, for the log ",["log"],"."],"trust-source-user":["given by you"],"findings-note":["This page shows what was stated and does not judge it. It does not compute findings, such as readings that fall: the program carnet does."],"print":["Print"],"yes":["yes"],"no":["no"],"more-characters":["(and ",["count"]," more characters)"],"more-items":["(and ",["count"]," more)"],"type-identity-manufactured":["Manufactured"],"type-identity-decoded":["Identifier decoded"],"type-identity-vin_observed":["Identifier observed on the car"],"type-identity-vin_restamped":["Identifier re-stamped"],"type-registration-first":["First registration"],"type-registration-transferred":["Ownership transferred"],"type-registration-changed":["Registration changed"],"type-registration-deregistered":["De-registered"],"type-registration-export_reported":["Export reported to the register"],"type-registration-foreign":["Registered or titled abroad"],"type-lien-recorded":["Lien recorded"],"type-lien-released":["Lien released"],"type-odometer-read":["Odometer read"],"type-odometer-serviced":["Odometer serviced or replaced"],"type-inspection-periodic":["Periodic inspection"],"type-inspection-condition":["Condition inspection (Form 82)"],"type-inspection-preshipment":["Pre-shipment inspection"],"type-inspection-roadworthiness":["Roadworthiness certificate"],"type-service-performed":["Service or repair"],"type-battery-health":["Traction battery health"],"type-recall-opened":["Recall opened"],"type-recall-closed":["Recall remedied"],"type-claim-damage":["Damage claim"],"type-claim-uninsured":["Period without own-damage insurance"],"type-claim-total_loss":["Total loss"],"type-hazard-flood":["Flood damage"],"type-hazard-fire":["Fire damage"],"type-theft-reported":["Theft reported"],"type-theft-recovered":["Theft recovered"],"type-modification":["Modification"],"type-sale-listed":["Listed for sale"],"type-sale-sold":["Sold"],"type-custody-moved":["Custody moved"],"type-export-cleared":["Export cleared"],"type-export-loaded":["Loaded for export"],"type-export-arrived":["Arrived abroad"],"type-endoflife-scrapped":["Scrapped"],"type-record-corrected":["Record corrected"],"type-certificate-issued":["Battery certificate issued"],"type-certificate-suspended":["Battery certificate suspended"],"type-certificate-reinstated":["Battery certificate reinstated"],"type-certificate-withdrawn":["Battery certificate withdrawn"],"role-maker":["maker"],"role-system":["decoding program"],"role-register":["vehicle register"],"role-foreign_register":["foreign register"],"role-safety_authority":["vehicle safety authority"],"role-inspection_station":["periodic-inspection station"],"role-inspector":["condition inspector"],"role-preshipment_inspector":["pre-shipment inspector"],"role-workshop":["workshop"],"role-battery_assessor":["battery assessor"],"role-certification_body":["certification body"],"role-insurer":["insurer"],"role-police":["police"],"role-customs":["customs"],"role-dealer":["dealer"],"role-auction":["auction house"],"role-exporter":["exporter"],"role-yard":["yard"],"role-carrier":["carrier"],"role-dismantler":["dismantler"],"role-dispute_panel":["dispute panel"],"role-owner":["owner"],"fuel-gasoline":["petrol"],"fuel-diesel":["diesel"],"fuel-lpg":["LPG"],"fuel-hybrid":["hybrid"],"fuel-electric":["electric"],"fuel-hydrogen":["hydrogen"],"fuel-other":["other fuel"]},
  ko: {"language":["한국어"],"title":["차량 기록부 확인"],"lead":["기록부는 차량의 이력을 증명하는 파일입니다. 이 페이지는 이 기기에서 파일을 확인합니다. 아무것도 전송하지 않으며 오프라인에서도 작동합니다."],"noscript":["이 페이지는 기기에서 파일을 확인하므로 자바스크립트가 필요합니다. 자바스크립트를 켜 주십시오."],"choose-language":["언어"],"step-file":["기록부 파일"],"choose-file":["파일 선택"],"drop-hint":["또는 여기에 끌어다 놓으십시오. 파일 이름은 .carnet으로 끝납니다."],"step-vehicle":["차에 각인된 번호"],"vehicle-hint":["차에 각인된 대로의 차대번호 또는 프레임 번호. 입력하지 않으면 파일에 적힌 차량에 대해 답합니다."],"vehicle-bad":["차대번호(17자리, I·O·Q 없음)도 프레임 번호(예: ZVW30-1234567)도 아닙니다."],"step-trust":["누구를 믿는가"],"trust-hint":["정책 파일은 원장과 이를 지켜보는 증인을 정합니다. 두 파일은 판매자가 아닌 사람에게서 받으십시오."],"trust-carried":["이 페이지에는 ",["log"],"의 정책과 VRF 키가 들어 있습니다. 이 페이지를 준 사람이 정한 것입니다."],"trust-other":["다른 것 사용"],"policy":["정책"],"vrf-key":["VRF 키"],"max-age":["허용하는 경과 기간"],"days":[["count"],"일"],"check":["확인"],"another":["다른 파일이나 번호 확인"],"checking":["확인 중…"],"need-file":["먼저 기록부 파일을 선택하십시오."],"need-trust":["정책과 VRF 키가 필요합니다."],"trust-bad":["정책 또는 VRF 키를 사용할 수 없습니다."],"cannot":["이 브라우저에는 필요한 암호 기능이 없습니다. 최신 브라우저에서 HTTPS로, 또는 저장한 파일로 여십시오."],"failed":["확인 자체가 실패했습니다. 파일에 대해서는 아무것도 알 수 없습니다."],"verdict-verified":["빠짐없고 변경되지 않음"],"verdict-verified-text":["그 시점에 원장이 이 차량에 대해 보유한 진술이 모두 여기 있으며(",["count"],"건), 변경된 것은 없습니다. 각 진술에 누가 서명했는지는 확실합니다. 그 내용이 사실인지는 어떤 원장도 알 수 없습니다."],"verdict-erased-text":["그중 ",["erased"],"건은 원장이 내용을 삭제하여 무엇을 진술했는지 더는 읽을 수 없습니다."],"verdict-absent":["원장에 이 차량의 기록이 없음"],"verdict-absent-text":["그 시점 기준으로 증명된 사실입니다. 차에 아무 일도 없었다는 뜻이 아니라, 이 원장에 진술한 사람이 없다는 뜻입니다."],"verdict-refused":["거부: 이 파일을 믿지 마십시오"],"verdict-refused-text":["판매자에게 출처를 묻고, 원장에서 새로 발급된 파일을 요구하십시오."],"verdict-refused-where":["5단계 중 ",["step"],"단계: ",["name"]],"verdict-stale":["너무 오래됨"],"verdict-stale-text":["위조된 것은 없지만 그 뒤의 일이 빠져 있을 수 있습니다. 허용 기간은 ",["days"],"일입니다. 더 새로운 파일을 요구하십시오."],"as-of":[["time"]," 기준"],"not-asked":["차에 각인된 번호를 입력하지 않았습니다. 아래 번호에 대한 답이므로 차의 번호와 비교하십시오."],"asked":["입력한 번호와 같습니다."],"step-0":["파일"],"step-1":["원장과 증인의 서명"],"step-2":["원장의 색인"],"step-3":["차량의 레이블"],"step-4":["색인의 항목"],"step-5":["진술"],"item-statement":["진술 ",["count"],"건 중 ",["number"],"번째, 원장 위치 ",["index"]],"item-key":["발행자 키 ",["count"],"개 중 ",["number"],"번째"],"item-notice":["삭제 통지 ",["count"],"건 중 ",["number"],"번째"],"technical":["자세히"],"why-file":["파일이 손상되었거나 기록부가 아닙니다."],"why-unknown-log":["정책에 없는 원장에서 나온 파일입니다."],"why-signatures":["원장 또는 증인의 서명이 없거나 틀립니다."],"why-quorum":["서명한 증인이 너무 적습니다."],"why-no-freshness":["정책이 증인을 요구하지 않아, 얼마나 오래된 것인지 알 수 없습니다."],"why-from-future":["시각이 미래입니다. 이 기기의 시계가 맞습니까?"],"why-index":["들어 있는 색인이 이 원장의 것이 아닙니다."],"why-other-vehicle":["다른 차량의 기록부입니다."],"why-vrf-key":["주어진 VRF 키가 이 원장의 키가 아닙니다."],"why-label":["이 항목들이 이 차량의 것이라는 증명이 없습니다."],"why-trie":["주장하는 내용이 색인과 다릅니다."],"why-count":["진술이 빠지거나 더해지거나 옮겨졌습니다."],"why-not-in-log":["주장대로 원장에 있지 않습니다."],"why-key":["발행자의 키가 증명되지 않았거나 유효하지 않았습니다."],"why-notice":["내용이 없는데, 이를 설명하는 유효한 삭제 통지가 없습니다."],"why-statement":["진술이 변경되었거나 발행자가 서명한 것이 아닙니다."],"why-statement-other":["다른 차량에 대한 진술입니다."],"why-issuer":["발행자에게 이 진술을 할 자격이 없습니다."],"car":["차량"],"vin":["차대번호"],"frame":["프레임 번호"],"car-make":["제작사"],"car-model":["차명"],"car-year":["연식"],"car-fuel":["연료"],"car-colour":["색상"],"car-first":["최초 등록"],"stated-by":[["issuer"]," 진술"],"odometer":["주행거리"],"chart-label":["시간에 따른 주행거리(",["count"],"건). 처음 ",["first"],", 마지막 ",["last"],". 각 값은 연대표에 있습니다."],"chart-none":["주행거리가 적힌 진술이 없습니다."],"chart-superseded":["대체됨"],"chart-miles":["마일 값은 km로 환산하여 그렸습니다."],"timeline":["연대표"],"details":["상세"],"superseded":["원장 위치 ",["index"],"의 진술로 대체됨"],"contested":["원장 위치 ",["index"],"에서 다른 발행자가 이의를 제기함. 진술은 유효함"],"corrects":["앞선 진술을 정정함"],"withheld":["가려진 항목: ",["count"]],"withheld-may":["가려졌을 수 있는 항목: ",["fields"]],"disclosed":["개인정보"],"key-revoked":["발행자의 키가 나중에 폐지되었습니다. 사유: ",["reason"]],"erased":["내용 삭제됨"],"erased-text":["원장이 ",["date"],"에 이 내용을 삭제했습니다. 요청자: ",["who"],". 사유: ",["why"]],"signed":["서명"],"recorded":["기록"],"place":["장소"],"log-index":["원장 위치"],"confidence":["신뢰 등급"],"confidence-a":["A, 관청"],"confidence-b":["B, 공인 전문가"],"confidence-c":["C, 거래 당사자"],"confidence-d":["D, 소유자 또는 불명"],"who":["누가 무엇을 말했는가"],"issuer":["발행자"],"roles":["역할"],"statements":["진술"],"period":["기간"],"documents":["문서"],"documents-hint":["진술은 문서를 해시값(SHA-256)으로 가리킵니다. 문서를 가지고 있으면 이 페이지에서 비교할 수 있습니다."],"documents-none":["문서를 가리키는 진술이 없습니다."],"document-kind":["문서"],"page":[["number"],"쪽"],"digest":["해시값"],"check-document":["문서 비교"],"document-match":["일치함: ",["name"]],"document-other":["진술이 가리키는 문서가 아님: ",["name"]],"checked":["확인한 것"],"log":["원장"],"log-size":["원장의 항목 수"],"cosigners":["공동서명자"],"label":["레이블"],"policy-digest":["정책의 해시값"],"trust-source-page":["이 페이지에 들어 있음"],"checked-with-user":["직접 제공한 정책으로 원장 ",["log"],"에 대해 확인했습니다. 판매자에게서 받은 정책은 아무것도 증명하지 않습니다."],"checked-with-page":["이 페이지에 들어 있는 정책으로 원장 ",["log"],"에 대해 확인했습니다."],"trust-source-user":["직접 제공함"],"findings-note":["이 페이지는 진술된 내용을 보여 줄 뿐 판단하지 않습니다. 주행거리 감소 같은 발견 사항은 계산하지 않으며, carnet 프로그램이 계산합니다."],"print":["인쇄"],"yes":["예"],"no":["아니요"],"more-characters":["(이하 ",["count"],"자 생략)"],"more-items":["(이하 ",["count"],"개 생략)"],"type-identity-manufactured":["제작"],"type-identity-decoded":["차대번호 해독"],"type-identity-vin_observed":["차대번호 확인"],"type-identity-vin_restamped":["차대번호 재타각"],"type-registration-first":["신규등록"],"type-registration-transferred":["이전등록"],"type-registration-changed":["변경등록"],"type-registration-deregistered":["말소등록"],"type-registration-export_reported":["수출이행여부 신고"],"type-registration-foreign":["해외 등록"],"type-lien-recorded":["저당·압류 등록"],"type-lien-released":["저당·압류 해제"],"type-odometer-read":["주행거리 확인"],"type-odometer-serviced":["주행거리계 수리·교환"],"type-inspection-periodic":["자동차검사"],"type-inspection-condition":["성능·상태점검"],"type-inspection-preshipment":["선적전검사"],"type-inspection-roadworthiness":["운행적합 증명"],"type-service-performed":["정비"],"type-battery-health":["구동축전지 상태"],"type-recall-opened":["리콜 개시"],"type-recall-closed":["리콜 시정 완료"],"type-claim-damage":["보험사고(파손)"],"type-claim-uninsured":["보험 미가입 기간"],"type-claim-total_loss":["전손"],"type-hazard-flood":["침수"],"type-hazard-fire":["화재"],"type-theft-reported":["도난 신고"],"type-theft-recovered":["도난 회수"],"type-modification":["튜닝(구조·장치 변경)"],"type-sale-listed":["판매 등록"],"type-sale-sold":["판매"],"type-custody-moved":["인수·인도"],"type-export-cleared":["수출신고 수리"],"type-export-loaded":["선적"],"type-export-arrived":["도착"],"type-endoflife-scrapped":["폐차"],"type-record-corrected":["기록 정정"],"type-certificate-issued":["배터리 인증서 발급"],"type-certificate-suspended":["배터리 인증서 효력 정지"],"type-certificate-reinstated":["배터리 인증서 효력 회복"],"type-certificate-withdrawn":["배터리 인증서 취소"],"role-maker":["제작사"],"role-system":["시스템"],"role-register":["자동차등록관청"],"role-foreign_register":["해외 등록관청"],"role-safety_authority":["교통안전 공공기관"],"role-inspection_station":["지정검사소"],"role-inspector":["성능·상태점검자"],"role-preshipment_inspector":["선적전검사기관"],"role-workshop":["자동차정비업자"],"role-battery_assessor":["축전지 평가기관"],"role-certification_body":["인증기관"],"role-insurer":["보험사"],"role-police":["경찰"],"role-customs":["세관"],"role-dealer":["매매업자"],"role-auction":["경매장"],"role-exporter":["수출업자"],"role-yard":["야적장"],"role-carrier":["운송인"],"role-dismantler":["해체재활용업자"],"role-dispute_panel":["분쟁조정부"],"role-owner":["소유자"],"fuel-gasoline":["휘발유"],"fuel-diesel":["경유"],"fuel-lpg":["LPG"],"fuel-hybrid":["하이브리드"],"fuel-electric":["전기"],"fuel-hydrogen":["수소"],"fuel-other":["기타 연료"]},
  ru: {"language":["Русский"],"title":["Проверка досье автомобиля"],"lead":["Досье — это файл, который доказывает историю автомобиля. Эта страница проверяет его на вашем устройстве: ничего никуда не отправляется, и она работает без сети."],"noscript":["Страница проверяет файлы на вашем устройстве, для этого нужен JavaScript. Пожалуйста, включите его."],"choose-language":["Язык"],"step-file":["Файл досье"],"choose-file":["Выбрать файл"],"drop-hint":["или перетащите его сюда. Его имя заканчивается на .carnet."],"step-vehicle":["Номер на автомобиле"],"vehicle-hint":["VIN или номер кузова, как он выбит на автомобиле. Без него ответ относится к автомобилю, названному в файле."],"vehicle-bad":["Это не VIN (17 знаков, без I, O и Q) и не номер кузова (например, ZVW30-1234567)."],"step-trust":["Кому вы доверяете"],"trust-hint":["Политика называет журнал и свидетелей, которые за ним следят. Получите оба файла не от продавца."],"trust-carried":["Страница содержит политику и ключ VRF журнала ",["log"],". Их выбрал тот, кто дал вам страницу."],"trust-other":["Взять другие"],"policy":["Политика"],"vrf-key":["Ключ VRF"],"max-age":["Допустимый возраст"],"days":["Дней: ",["count"]],"check":["Проверить"],"another":["Проверить другой файл или номер"],"checking":["Идёт проверка…"],"need-file":["Сначала выберите файл досье."],"need-trust":["Нужны политика и ключ VRF."],"trust-bad":["Политика или ключ VRF непригодны."],"cannot":["В этом браузере нет нужной криптографии. Откройте страницу по HTTPS или из сохранённого файла в современном браузере."],"failed":["Сбой самой проверки. О файле это ничего не говорит."],"verdict-verified":["Полно и не изменено"],"verdict-verified-text":["Здесь все заявления об этом автомобиле, которые были в журнале на тот момент (",["count"],"), и ни одно не изменено. Точно известно, кто подписал каждое. Верно ли сказанное, ни один журнал знать не может."],"verdict-erased-text":["Содержание ",["erased"]," из них журнал удалил: что в них говорилось, прочесть больше нельзя."],"verdict-absent":["Журнал ничего не знает об этом автомобиле"],"verdict-absent-text":["Это доказано на тот момент. Это не значит, что с автомобилем ничего не случалось, а лишь то, что в этом журнале о нём никто не заявлял."],"verdict-refused":["Отклонено: не верьте этому файлу"],"verdict-refused-text":["Спросите продавца, откуда он, и запросите новый файл из журнала."],"verdict-refused-where":["Шаг ",["step"]," из 5: ",["name"]],"verdict-stale":["Слишком старое"],"verdict-stale-text":["Подделки нет, но может не хватать того, что произошло позже. Допустимо дней: ",["days"],". Запросите более новый файл."],"as-of":["по состоянию на ",["time"]],"not-asked":["Вы не ввели номер на автомобиле. Ответ относится к этому номеру; сравните его с номером на автомобиле:"],"asked":["Это введённый вами номер."],"step-0":["файл"],"step-1":["подписи журнала и свидетелей"],"step-2":["указатель журнала"],"step-3":["метка автомобиля"],"step-4":["запись в указателе"],"step-5":["заявления"],"item-statement":["Заявление ",["number"]," из ",["count"],", место в журнале ",["index"]],"item-key":["Ключ издателя ",["number"]," из ",["count"]],"item-notice":["Уведомление об удалении ",["number"]," из ",["count"]],"technical":["Подробно"],"why-file":["Файл повреждён или не является досье."],"why-unknown-log":["Он из журнала, которого нет в политике."],"why-signatures":["Подпись журнала или свидетеля отсутствует или неверна."],"why-quorum":["Подписало слишком мало свидетелей."],"why-no-freshness":["Политика не требует свидетелей, поэтому возраст досье неизвестен."],"why-from-future":["Его время в будущем. Верны ли часы этого устройства?"],"why-index":["Указатель в нём не из этого журнала."],"why-other-vehicle":["Это досье другого автомобиля."],"why-vrf-key":["Данный ключ VRF не от этого журнала."],"why-label":["Не доказано, что эти записи относятся к этому автомобилю."],"why-trie":["Указатель говорит другое."],"why-count":["Заявления пропущены, добавлены или переставлены."],"why-not-in-log":["В журнале этого нет в указанном виде."],"why-key":["Ключ издателя не доказан или не действовал."],"why-notice":["Содержания нет, и нет действительного уведомления об удалении."],"why-statement":["Заявление изменено или не подписано издателем."],"why-statement-other":["Заявление о другом автомобиле."],"why-issuer":["Издатель не вправе это заявлять."],"car":["Автомобиль"],"vin":["VIN"],"frame":["Номер рамы"],"car-make":["Марка"],"car-model":["Модель"],"car-year":["Модельный год"],"car-fuel":["Топливо"],"car-colour":["Цвет"],"car-first":["Первая регистрация"],"stated-by":["заявил: ",["issuer"]],"odometer":["Одометр"],"chart-label":["Показания одометра по времени (",["count"],"), первое ",["first"],", последнее ",["last"],". Каждое есть в хронологии."],"chart-none":["Ни в одном заявлении нет показания одометра."],"chart-superseded":["заменено"],"chart-miles":["Показания в милях изображены в км."],"timeline":["Хронология"],"details":["Подробности"],"superseded":["Заменено заявлением на месте ",["index"]," в журнале"],"contested":["Оспорено другим издателем на месте ",["index"],"; остаётся в силе"],"corrects":["Исправляет более раннее заявление"],"withheld":["Скрыто полей: ",["count"]],"withheld-may":["Здесь могут быть скрыты: ",["fields"]],"disclosed":["личное"],"key-revoked":["Ключ издателя позже отозван. Причина: ",["reason"]],"erased":["Содержание удалено"],"erased-text":["Журнал удалил это содержание ",["date"],". По просьбе: ",["who"],". Причина: ",["why"]],"signed":["Подписано"],"recorded":["Записано"],"place":["Место"],"log-index":["Место в журнале"],"confidence":["Достоверность"],"confidence-a":["A, орган власти"],"confidence-b":["B, аккредитованный специалист"],"confidence-c":["C, участник торговли"],"confidence-d":["D, владелец или неизвестно"],"who":["Кто что сказал"],"issuer":["Издатель"],"roles":["Роль"],"statements":["Заявления"],"period":["Период"],"documents":["Документы"],"documents-hint":["Заявления называют документы по их хешу (SHA-256). Если документ у вас есть, страница может его сравнить."],"documents-none":["Ни одно заявление не называет документов."],"document-kind":["Документ"],"page":["стр. ",["number"]],"digest":["Хеш"],"check-document":["Сравнить документ"],"document-match":["Совпадает: ",["name"]],"document-other":["Не из названных документов: ",["name"]],"checked":["Что проверено"],"log":["Журнал"],"log-size":["Записей в журнале"],"cosigners":["Подписали также"],"label":["Метка"],"policy-digest":["Хеш политики"],"trust-source-page":["содержится в странице"],"checked-with-user":["Проверено по данной вами политике для журнала ",["log"],". Политика, полученная от продавца, ничего не доказывает."],"checked-with-page":["Проверено по политике этой страницы для журнала ",["log"],"."],"trust-source-user":["дано вами"],"findings-note":["Страница показывает заявленное и не оценивает его. Замечаний, например о падении показаний, она не делает: это делает программа carnet."],"print":["Печать"],"yes":["да"],"no":["нет"],"more-characters":["(и ещё знаков: ",["count"],")"],"more-items":["(и ещё ",["count"],")"],"type-identity-manufactured":["Изготовлен"],"type-identity-decoded":["Номер расшифрован"],"type-identity-vin_observed":["Номер осмотрен на автомобиле"],"type-identity-vin_restamped":["Номер перебит официально"],"type-registration-first":["Первая регистрация"],"type-registration-transferred":["Смена владельца"],"type-registration-changed":["Изменение регистрации"],"type-registration-deregistered":["Снят с учёта"],"type-registration-export_reported":["О вывозе сообщено в реестр"],"type-registration-foreign":["Регистрация за рубежом"],"type-lien-recorded":["Обременение внесено"],"type-lien-released":["Обременение снято"],"type-odometer-read":["Показание одометра"],"type-odometer-serviced":["Ремонт или замена одометра"],"type-inspection-periodic":["Периодический техосмотр"],"type-inspection-condition":["Осмотр состояния (форма 82)"],"type-inspection-preshipment":["Осмотр перед отгрузкой"],"type-inspection-roadworthiness":["Свидетельство о пригодности"],"type-service-performed":["Обслуживание или ремонт"],"type-battery-health":["Состояние тяговой батареи"],"type-recall-opened":["Отзыв объявлен"],"type-recall-closed":["Отзыв выполнен"],"type-claim-damage":["Страховой случай (повреждение)"],"type-claim-uninsured":["Период без каско"],"type-claim-total_loss":["Полная гибель"],"type-hazard-flood":["Повреждение водой"],"type-hazard-fire":["Повреждение огнём"],"type-theft-reported":["Заявлено об угоне"],"type-theft-recovered":["Найден после угона"],"type-modification":["Переоборудование"],"type-sale-listed":["Выставлен на продажу"],"type-sale-sold":["Продан"],"type-custody-moved":["Приём-передача"],"type-export-cleared":["Экспорт оформлен"],"type-export-loaded":["Погружен на экспорт"],"type-export-arrived":["Прибыл за границу"],"type-endoflife-scrapped":["Утилизирован"],"type-record-corrected":["Запись исправлена"],"type-certificate-issued":["Сертификат батареи выдан"],"type-certificate-suspended":["Сертификат батареи приостановлен"],"type-certificate-reinstated":["Сертификат батареи возобновлён"],"type-certificate-withdrawn":["Сертификат батареи отозван"],"role-maker":["изготовитель"],"role-system":["программа расшифровки"],"role-register":["реестр автомобилей"],"role-foreign_register":["зарубежный реестр"],"role-safety_authority":["орган безопасности транспорта"],"role-inspection_station":["станция техосмотра"],"role-inspector":["инспектор состояния"],"role-preshipment_inspector":["инспектор перед отгрузкой"],"role-workshop":["автосервис"],"role-battery_assessor":["оценщик батарей"],"role-certification_body":["орган по сертификации"],"role-insurer":["страховщик"],"role-police":["полиция"],"role-customs":["таможня"],"role-dealer":["автодилер"],"role-auction":["аукцион"],"role-exporter":["экспортёр"],"role-yard":["стоянка хранения"],"role-carrier":["перевозчик"],"role-dismantler":["утилизатор"],"role-dispute_panel":["комиссия по спорам"],"role-owner":["владелец"],"fuel-gasoline":["бензин"],"fuel-diesel":["дизель"],"fuel-lpg":["сжиженный газ"],"fuel-hybrid":["гибрид"],"fuel-electric":["электричество"],"fuel-hydrogen":["водород"],"fuel-other":["другое топливо"]},
  ar: {"language":["العربية"],"title":["تحقّق من ملف مركبة"],"lead":["ملف المركبة يُثبت تاريخها. تتحقّق هذه الصفحة منه على هذا الجهاز: لا يُرسَل شيء إلى أي مكان، وتعمل دون اتصال."],"noscript":["تتحقّق هذه الصفحة من الملفات على جهازك وتحتاج إلى جافاسكربت. يُرجى تفعيله."],"choose-language":["اللغة"],"step-file":["ملف المركبة"],"choose-file":["اختر ملفًا"],"drop-hint":["أو أفلته هنا. ينتهي اسمه بـ ‎.carnet"],"step-vehicle":["الرقم المنقوش على السيارة"],"vehicle-hint":["رقم الهيكل (VIN) أو رقم الإطار كما هو منقوش على السيارة. من دونه يكون الجواب عن المركبة التي يذكرها الملف."],"vehicle-bad":["ليس رقم هيكل (17 خانة، بلا I وO وQ) ولا رقم إطار (مثل ZVW30-1234567)."],"step-trust":["بمن تثق"],"trust-hint":["تحدّد السياسة السجلَّ والشهود الذين يراقبونه. احصل على الملفين من شخص غير البائع."],"trust-carried":["تحمل هذه الصفحة سياسة ",["log"]," ومفتاح VRF الخاص به. اختارهما من أعطاك الصفحة."],"trust-other":["استخدم غيرهما"],"policy":["السياسة"],"vrf-key":["مفتاح VRF"],"max-age":["العمر المسموح به"],"days":[["count"]," يومًا"],"check":["تحقّق"],"another":["تحقّق من ملف أو رقم آخر"],"checking":["جارٍ التحقّق…"],"need-file":["اختر ملف المركبة أولًا."],"need-trust":["يلزم سياسة ومفتاح VRF."],"trust-bad":["لا يمكن استخدام السياسة أو مفتاح VRF."],"cannot":["يفتقر هذا المتصفح إلى التشفير اللازم. افتح الصفحة عبر HTTPS أو من ملف محفوظ في متصفح حديث."],"failed":["فشل التحقّق نفسه. هذا لا يقول شيئًا عن الملف."],"verdict-verified":["كامل ولم يُعدَّل"],"verdict-verified-text":["جميع الإفادات التي كانت في السجل عن هذه المركبة في ذلك الوقت موجودة هنا (",["count"],")، ولم تُعدَّل أيٌّ منها. من المؤكد من وقّع كلًّا منها. أمّا صحة ما تقوله فلا يستطيع أي سجل أن يعرفها."],"verdict-erased-text":["محا السجل مضمون ",["erased"]," منها: لم يعد ممكنًا قراءة ما جاء فيها."],"verdict-absent":["لا يعرف السجل شيئًا عن هذه المركبة"],"verdict-absent-text":["هذا مُثبَت في ذلك الوقت. لا يعني أن شيئًا لم يحدث للسيارة، بل أن أحدًا لم يُفِد عنها في هذا السجل."],"verdict-refused":["مرفوض: لا تثق بهذا الملف"],"verdict-refused-text":["اسأل البائع عن مصدره، واطلب ملفًا جديدًا من السجل."],"verdict-refused-where":["الخطوة ",["step"]," من 5: ",["name"]],"verdict-stale":["قديم جدًا"],"verdict-stale-text":["لا تزوير فيه، لكن قد ينقصه ما حدث بعد ذلك. أنت تسمح بـ ",["days"]," يومًا. اطلب ملفًا أحدث."],"as-of":["حتى ",["time"]],"not-asked":["لم تكتب الرقم المنقوش على السيارة. الجواب عن هذا الرقم؛ قارنه بالرقم على السيارة:"],"asked":["هذا هو الرقم الذي كتبته."],"step-0":["الملف"],"step-1":["توقيعات السجل وشهوده"],"step-2":["فهرس السجل"],"step-3":["وسم المركبة"],"step-4":["القيد في الفهرس"],"step-5":["الإفادات"],"item-statement":["الإفادة ",["number"]," من ",["count"],"، موضعها في السجل ",["index"]],"item-key":["مفتاح المُصدِر ",["number"]," من ",["count"]],"item-notice":["إشعار المحو ",["number"]," من ",["count"]],"technical":["بالتفصيل"],"why-file":["الملف تالف، أو ليس ملف مركبة."],"why-unknown-log":["صادر عن سجل لا تذكره السياسة."],"why-signatures":["توقيع السجل أو أحد الشهود ناقص أو خاطئ."],"why-quorum":["عدد الشهود الموقّعين أقل من اللازم."],"why-no-freshness":["لا تطلب السياسة أي شاهد، فلا شيء يبيّن عمر الملف."],"why-from-future":["وقته في المستقبل. هل ساعة هذا الجهاز صحيحة؟"],"why-index":["الفهرس الذي فيه ليس فهرس هذا السجل."],"why-other-vehicle":["هذا ملف مركبة أخرى."],"why-vrf-key":["مفتاح VRF المعطى ليس مفتاح هذا السجل."],"why-label":["لم يثبت أن هذه القيود تخص هذه المركبة."],"why-trie":["ما يدّعيه ليس ما يقوله الفهرس."],"why-count":["حُذفت إفادات أو أُضيفت أو نُقلت."],"why-not-in-log":["هذا غير موجود في السجل كما يُدّعى."],"why-key":["مفتاح المُصدِر غير مُثبَت أو لم يكن صالحًا."],"why-notice":["محتوى ناقص، ولا إشعار محو صالح يفسّره."],"why-statement":["عُدِّلت الإفادة، أو لم يوقّعها مُصدِرها."],"why-statement-other":["الإفادة عن مركبة أخرى."],"why-issuer":["لا يحق للمُصدِر أن يفيد بهذا."],"car":["السيارة"],"vin":["رقم الهيكل (VIN)"],"frame":["رقم الإطار"],"car-make":["الصانع"],"car-model":["الطراز"],"car-year":["سنة الطراز"],"car-fuel":["الوقود"],"car-colour":["اللون"],"car-first":["أول تسجيل"],"stated-by":["أفاد به ",["issuer"]],"odometer":["عدّاد المسافة"],"chart-label":["قراءات العدّاد عبر الزمن (",["count"],")، أولها ",["first"]," وآخرها ",["last"],". كلٌّ منها في التسلسل الزمني."],"chart-none":["لا توجد إفادة فيها قراءة للعدّاد."],"chart-superseded":["مُستبدلة"],"chart-miles":["القراءات بالأميال مرسومة بالكيلومتر."],"timeline":["التسلسل الزمني"],"details":["التفاصيل"],"superseded":["استُبدلت بالإفادة التي موضعها في السجل ",["index"]],"contested":["اعترض عليها غيرُ مُصدِرها في الموضع ",["index"],"؛ وهي قائمة"],"corrects":["تصحّح إفادة سابقة"],"withheld":["حقول محجوبة: ",["count"]],"withheld-may":["قد يكون محجوبًا هنا: ",["fields"]],"disclosed":["شخصي"],"key-revoked":["أُبطل مفتاح المُصدِر لاحقًا. السبب: ",["reason"]],"erased":["مُحي المحتوى"],"erased-text":["محا السجل هذا المحتوى في ",["date"],". بطلب من: ",["who"],". السبب: ",["why"]],"signed":["وُقّعت"],"recorded":["سُجّلت"],"place":["المكان"],"log-index":["الموضع في السجل"],"confidence":["درجة الثقة"],"confidence-a":["A، جهة رسمية"],"confidence-b":["B، مهني معتمد"],"confidence-c":["C، طرف تجاري"],"confidence-d":["D، المالك أو مجهول"],"who":["من قال ماذا"],"issuer":["المُصدِر"],"roles":["الدور"],"statements":["الإفادات"],"period":["الفترة"],"documents":["الوثائق"],"documents-hint":["تسمّي الإفادات الوثائق ببصمتها (SHA-256). إن كانت لديك وثيقة فيمكن لهذه الصفحة مقارنتها."],"documents-none":["لا تسمّي أي إفادة وثيقة."],"document-kind":["الوثيقة"],"page":["صفحة ",["number"]],"digest":["البصمة"],"check-document":["قارن وثيقة"],"document-match":["مطابقة: ",["name"]],"document-other":["ليست من الوثائق المسمّاة: ",["name"]],"checked":["ما جرى التحقّق منه"],"log":["السجل"],"log-size":["عدد قيود السجل"],"cosigners":["الموقّعون معه"],"label":["الوسم"],"policy-digest":["بصمة السياسة"],"trust-source-page":["تحملهما هذه الصفحة"],"checked-with-user":["جرى التحقّق بالسياسة التي قدّمتها، للسجل ",["log"],". السياسة التي تأتي من البائع لا تُثبت شيئًا."],"checked-with-page":["جرى التحقّق بالسياسة التي تحملها هذه الصفحة، للسجل ",["log"],"."],"trust-source-user":["قدّمتَهما أنت"],"findings-note":["تعرض هذه الصفحة ما أُفيد به ولا تحكم عليه. وهي لا تحسب الملاحظات، كتراجع قراءات العدّاد؛ برنامج carnet يفعل ذلك."],"print":["اطبع"],"yes":["نعم"],"no":["لا"],"more-characters":["(و",["count"]," حرفًا أخرى)"],"more-items":["(و",["count"]," أخرى)"],"type-identity-manufactured":["التصنيع"],"type-identity-decoded":["فك رمز رقم الهيكل"],"type-identity-vin_observed":["معاينة رقم الهيكل على السيارة"],"type-identity-vin_restamped":["إعادة نقش رقم الهيكل"],"type-registration-first":["أول تسجيل"],"type-registration-transferred":["نقل الملكية"],"type-registration-changed":["تعديل التسجيل"],"type-registration-deregistered":["شطب التسجيل"],"type-registration-export_reported":["إبلاغ التسجيل بالتصدير"],"type-registration-foreign":["تسجيل في الخارج"],"type-lien-recorded":["قيد رهن أو حجز"],"type-lien-released":["رفع رهن أو حجز"],"type-odometer-read":["قراءة العدّاد"],"type-odometer-serviced":["إصلاح العدّاد أو تبديله"],"type-inspection-periodic":["الفحص الدوري"],"type-inspection-condition":["فحص الحالة (النموذج 82)"],"type-inspection-preshipment":["فحص ما قبل الشحن"],"type-inspection-roadworthiness":["شهادة صلاحية للسير"],"type-service-performed":["صيانة أو إصلاح"],"type-battery-health":["حالة بطارية الجر"],"type-recall-opened":["استدعاء مفتوح"],"type-recall-closed":["استدعاء منفَّذ"],"type-claim-damage":["مطالبة تأمين عن ضرر"],"type-claim-uninsured":["فترة بلا تأمين شامل"],"type-claim-total_loss":["خسارة كلية"],"type-hazard-flood":["ضرر غمر بالماء"],"type-hazard-fire":["ضرر حريق"],"type-theft-reported":["بلاغ سرقة"],"type-theft-recovered":["استرداد بعد سرقة"],"type-modification":["تعديل على المركبة"],"type-sale-listed":["عرض للبيع"],"type-sale-sold":["بيع"],"type-custody-moved":["تسلّم وتسليم"],"type-export-cleared":["تخليص التصدير"],"type-export-loaded":["تحميل للتصدير"],"type-export-arrived":["وصول إلى الخارج"],"type-endoflife-scrapped":["تشليح"],"type-record-corrected":["تصحيح سجل"],"type-certificate-issued":["صدرت شهادة البطارية"],"type-certificate-suspended":["عُلّقت شهادة البطارية"],"type-certificate-reinstated":["أُعيد سريان شهادة البطارية"],"type-certificate-withdrawn":["سُحبت شهادة البطارية"],"role-maker":["الصانع"],"role-system":["برنامج فك الرموز"],"role-register":["دائرة تسجيل المركبات"],"role-foreign_register":["دائرة تسجيل أجنبية"],"role-safety_authority":["هيئة سلامة المركبات"],"role-inspection_station":["محطة فحص دوري"],"role-inspector":["فاحص الحالة"],"role-preshipment_inspector":["فاحص ما قبل الشحن"],"role-workshop":["ورشة"],"role-battery_assessor":["مُقيّم بطاريات"],"role-certification_body":["جهة منح الشهادات"],"role-insurer":["شركة تأمين"],"role-police":["الشرطة"],"role-customs":["الجمارك"],"role-dealer":["تاجر سيارات"],"role-auction":["دار مزاد"],"role-exporter":["مُصدِّر"],"role-yard":["ساحة تخزين"],"role-carrier":["ناقل"],"role-dismantler":["مفكّك مركبات"],"role-dispute_panel":["هيئة فض النزاعات"],"role-owner":["المالك"],"fuel-gasoline":["بنزين"],"fuel-diesel":["ديزل"],"fuel-lpg":["غاز مسال"],"fuel-hybrid":["هجين"],"fuel-electric":["كهرباء"],"fuel-hydrogen":["هيدروجين"],"fuel-other":["وقود آخر"]},
  es: {"language":["Español"],"title":["Comprobar el expediente de un vehículo"],"lead":["Un expediente es un archivo que prueba el historial de un vehículo. Esta página lo comprueba en este dispositivo: no se envía nada a ninguna parte y funciona sin conexión."],"noscript":["Esta página comprueba archivos en su dispositivo y necesita JavaScript. Actívelo, por favor."],"choose-language":["Idioma"],"step-file":["Archivo del expediente"],"choose-file":["Elegir archivo"],"drop-hint":["o suéltelo aquí. Su nombre termina en .carnet."],"step-vehicle":["Número en el coche"],"vehicle-hint":["VIN o número de bastidor tal como está grabado en el coche. Sin él, la respuesta es sobre el vehículo que nombra el archivo."],"vehicle-bad":["No es un VIN (17 caracteres, nunca I, O ni Q) ni un número de bastidor (como ZVW30-1234567)."],"step-trust":["En quién confía"],"trust-hint":["La política nombra el registro y los testigos que lo vigilan. Consiga ambos archivos de alguien que no sea el vendedor."],"trust-carried":["Esta página lleva la política y la clave VRF de ",["log"],". Las eligió quien le dio la página."],"trust-other":["Usar otras"],"policy":["Política"],"vrf-key":["Clave VRF"],"max-age":["Antigüedad permitida"],"days":[["count"]," días"],"check":["Comprobar"],"another":["Comprobar otro archivo o número"],"checking":["Comprobando…"],"need-file":["Elija primero un expediente."],"need-trust":["Hacen falta una política y una clave VRF."],"trust-bad":["La política o la clave VRF no sirven."],"cannot":["Este navegador no tiene la criptografía necesaria. Abra la página por HTTPS, o desde un archivo guardado, en un navegador actual."],"failed":["Falló la comprobación misma. Eso no dice nada del archivo."],"verdict-verified":["Completo y sin alterar"],"verdict-verified-text":["Están aquí todas las declaraciones que el registro tenía de este vehículo en ese momento (",["count"],"), y ninguna fue alterada. Es seguro quién firmó cada una. Si lo que dicen es cierto, ningún registro puede saberlo."],"verdict-erased-text":["El registro borró el contenido de ",["erased"]," de ellas: ya no puede leerse lo que decían."],"verdict-absent":["El registro no sabe nada de este vehículo"],"verdict-absent-text":["Está probado en ese momento. No significa que al coche no le haya pasado nada, sino que nadie declaró nada sobre él en este registro."],"verdict-refused":["Rechazado: no crea este archivo"],"verdict-refused-text":["Pregunte al vendedor de dónde viene y pida uno nuevo del registro."],"verdict-refused-where":["Paso ",["step"]," de 5: ",["name"]],"verdict-stale":["Demasiado antiguo"],"verdict-stale-text":["No hay nada falsificado, pero puede faltar lo ocurrido después. Usted permite ",["days"]," días. Pida uno más reciente."],"as-of":["a fecha de ",["time"]],"not-asked":["No escribió el número del coche. La respuesta es sobre este número; compárelo con el del coche:"],"asked":["Es el número que escribió."],"step-0":["el archivo"],"step-1":["firmas del registro y sus testigos"],"step-2":["índice del registro"],"step-3":["etiqueta del vehículo"],"step-4":["entrada en el índice"],"step-5":["declaraciones"],"item-statement":["Declaración ",["number"]," de ",["count"],", posición ",["index"]," en el registro"],"item-key":["Clave de emisor ",["number"]," de ",["count"]],"item-notice":["Aviso de borrado ",["number"]," de ",["count"]],"technical":["En detalle"],"why-file":["El archivo está dañado o no es un expediente."],"why-unknown-log":["Viene de un registro que la política no nombra."],"why-signatures":["Falta o es incorrecta una firma del registro o de un testigo."],"why-quorum":["Han firmado muy pocos testigos."],"why-no-freshness":["La política no pide testigos, así que nada dice qué antigüedad tiene."],"why-from-future":["Su hora está en el futuro. ¿Es correcto el reloj de este dispositivo?"],"why-index":["El índice que contiene no es el de este registro."],"why-other-vehicle":["Es el expediente de otro vehículo."],"why-vrf-key":["La clave VRF dada no es la de este registro."],"why-label":["No está probado que estas entradas sean de este vehículo."],"why-trie":["Lo que afirma no es lo que dice el índice."],"why-count":["Se omitieron, añadieron o movieron declaraciones."],"why-not-in-log":["Esto no consta en el registro como se afirma."],"why-key":["La clave del emisor no está probada o no era válida."],"why-notice":["Falta un contenido y ningún aviso de borrado válido lo explica."],"why-statement":["La declaración fue alterada o no la firmó su emisor."],"why-statement-other":["La declaración es sobre otro vehículo."],"why-issuer":["El emisor no puede declarar esto."],"car":["El coche"],"vin":["VIN"],"frame":["Número de bastidor"],"car-make":["Marca"],"car-model":["Modelo"],"car-year":["Año del modelo"],"car-fuel":["Combustible"],"car-colour":["Color"],"car-first":["Primera matriculación"],"stated-by":["según ",["issuer"]],"odometer":["Cuentakilómetros"],"chart-label":["Lecturas del cuentakilómetros en el tiempo (",["count"],"); la primera ",["first"],", la última ",["last"],". Todas están en la cronología."],"chart-none":["Ninguna declaración tiene una lectura del cuentakilómetros."],"chart-superseded":["sustituida"],"chart-miles":["Las lecturas en millas se dibujan en km."],"timeline":["Cronología"],"details":["Detalles"],"superseded":["Sustituida por la declaración en la posición ",["index"]," del registro"],"contested":["Impugnada por otro en la posición ",["index"],"; sigue en pie"],"corrects":["Corrige una declaración anterior"],"withheld":["Campos reservados: ",["count"]],"withheld-may":["Pueden estar reservados: ",["fields"]],"disclosed":["personal"],"key-revoked":["La clave del emisor fue revocada después. Motivo: ",["reason"]],"erased":["Contenido borrado"],"erased-text":["El registro borró este contenido el ",["date"],". A petición de: ",["who"],". Motivo: ",["why"]],"signed":["Firmada"],"recorded":["Anotada"],"place":["Lugar"],"log-index":["Posición en el registro"],"confidence":["Confianza"],"confidence-a":["A, autoridad"],"confidence-b":["B, profesional acreditado"],"confidence-c":["C, parte comercial"],"confidence-d":["D, dueño o desconocido"],"who":["Quién dijo qué"],"issuer":["Emisor"],"roles":["Función"],"statements":["Declaraciones"],"period":["Período"],"documents":["Documentos"],"documents-hint":["Las declaraciones nombran documentos por su resumen (SHA-256). Si tiene uno, esta página puede compararlo."],"documents-none":["Ninguna declaración nombra un documento."],"document-kind":["Documento"],"page":["página ",["number"]],"digest":["Resumen"],"check-document":["Comparar un documento"],"document-match":["Es el mismo: ",["name"]],"document-other":["No está entre los documentos nombrados: ",["name"]],"checked":["Qué se comprobó"],"log":["Registro"],"log-size":["Entradas del registro"],"cosigners":["Cofirmado por"],"label":["Etiqueta"],"policy-digest":["Resumen de la política"],"trust-source-page":["las lleva esta página"],"checked-with-user":["Comprobado con la política que usted dio, para el registro ",["log"],". Una política que viene del vendedor no prueba nada."],"checked-with-page":["Comprobado con la política que lleva esta página, para el registro ",["log"],"."],"trust-source-user":["las dio usted"],"findings-note":["Esta página muestra lo declarado y no lo juzga. No calcula hallazgos, como lecturas que bajan: lo hace el programa carnet."],"print":["Imprimir"],"yes":["sí"],"no":["no"],"more-characters":["(y ",["count"]," caracteres más)"],"more-items":["(y ",["count"]," más)"],"type-identity-manufactured":["Fabricado"],"type-identity-decoded":["Identificador descifrado"],"type-identity-vin_observed":["Identificador visto en el coche"],"type-identity-vin_restamped":["Identificador regrabado"],"type-registration-first":["Primera matriculación"],"type-registration-transferred":["Cambio de titular"],"type-registration-changed":["Cambio de matriculación"],"type-registration-deregistered":["Baja"],"type-registration-export_reported":["Exportación comunicada a tráfico"],"type-registration-foreign":["Matriculado en el extranjero"],"type-lien-recorded":["Gravamen inscrito"],"type-lien-released":["Gravamen cancelado"],"type-odometer-read":["Lectura del cuentakilómetros"],"type-odometer-serviced":["Cuentakilómetros reparado o cambiado"],"type-inspection-periodic":["Inspección periódica"],"type-inspection-condition":["Inspección del estado (formulario 82)"],"type-inspection-preshipment":["Inspección previa al embarque"],"type-inspection-roadworthiness":["Certificado de aptitud"],"type-service-performed":["Mantenimiento o reparación"],"type-battery-health":["Estado de la batería de tracción"],"type-recall-opened":["Llamada a revisión abierta"],"type-recall-closed":["Llamada a revisión atendida"],"type-claim-damage":["Siniestro por daños"],"type-claim-uninsured":["Período sin seguro a todo riesgo"],"type-claim-total_loss":["Siniestro total"],"type-hazard-flood":["Daño por inundación"],"type-hazard-fire":["Daño por incendio"],"type-theft-reported":["Robo denunciado"],"type-theft-recovered":["Recuperado tras robo"],"type-modification":["Reforma"],"type-sale-listed":["Puesto en venta"],"type-sale-sold":["Vendido"],"type-custody-moved":["Entrega y recepción"],"type-export-cleared":["Exportación despachada"],"type-export-loaded":["Embarcado para exportar"],"type-export-arrived":["Llegado al extranjero"],"type-endoflife-scrapped":["Desguazado"],"type-record-corrected":["Anotación corregida"],"type-certificate-issued":["Certificado de batería emitido"],"type-certificate-suspended":["Certificado de batería suspendido"],"type-certificate-reinstated":["Certificado de batería restablecido"],"type-certificate-withdrawn":["Certificado de batería retirado"],"role-maker":["fabricante"],"role-system":["programa de descifrado"],"role-register":["registro de vehículos"],"role-foreign_register":["registro extranjero"],"role-safety_authority":["autoridad de seguridad vial"],"role-inspection_station":["estación de inspección"],"role-inspector":["inspector del estado"],"role-preshipment_inspector":["inspector previo al embarque"],"role-workshop":["taller"],"role-battery_assessor":["evaluador de baterías"],"role-certification_body":["organismo de certificación"],"role-insurer":["aseguradora"],"role-police":["policía"],"role-customs":["aduana"],"role-dealer":["concesionario"],"role-auction":["casa de subastas"],"role-exporter":["exportador"],"role-yard":["depósito"],"role-carrier":["transportista"],"role-dismantler":["desguace"],"role-dispute_panel":["comisión de disputas"],"role-owner":["dueño"],"fuel-gasoline":["gasolina"],"fuel-diesel":["diésel"],"fuel-lpg":["GLP"],"fuel-hybrid":["híbrido"],"fuel-electric":["eléctrico"],"fuel-hydrogen":["hidrógeno"],"fuel-other":["otro combustible"]},
  fr: {"language":["Français"],"title":["Vérifier le dossier d’un véhicule"],"lead":["Un dossier est un fichier qui prouve l’historique d’un véhicule. Cette page le vérifie sur cet appareil : rien n’est envoyé nulle part, et elle fonctionne hors ligne."],"noscript":["Cette page vérifie des fichiers sur votre appareil et a besoin de JavaScript. Veuillez l’activer."],"choose-language":["Langue"],"step-file":["Fichier du dossier"],"choose-file":["Choisir un fichier"],"drop-hint":["ou déposez-le ici. Son nom finit par .carnet."],"step-vehicle":["Numéro sur la voiture"],"vehicle-hint":["VIN ou numéro de châssis tel qu’il est frappé sur la voiture. Sans lui, la réponse porte sur le véhicule que nomme le fichier."],"vehicle-bad":["Ce n’est ni un VIN (17 caractères, jamais I, O ni Q) ni un numéro de châssis (comme ZVW30-1234567)."],"step-trust":["À qui vous vous fiez"],"trust-hint":["La politique nomme le journal et les témoins qui le surveillent. Procurez-vous les deux fichiers auprès de quelqu’un d’autre que le vendeur."],"trust-carried":["Cette page contient la politique et la clé VRF de ",["log"],". Celui qui vous a donné la page les a choisies."],"trust-other":["En utiliser d’autres"],"policy":["Politique"],"vrf-key":["Clé VRF"],"max-age":["Ancienneté admise"],"days":[["count"]," jours"],"check":["Vérifier"],"another":["Vérifier un autre fichier ou numéro"],"checking":["Vérification…"],"need-file":["Choisissez d’abord un dossier."],"need-trust":["Il faut une politique et une clé VRF."],"trust-bad":["La politique ou la clé VRF est inutilisable."],"cannot":["Ce navigateur n’a pas la cryptographie nécessaire. Ouvrez la page en HTTPS, ou depuis un fichier enregistré, dans un navigateur récent."],"failed":["La vérification elle-même a échoué. Cela ne dit rien du fichier."],"verdict-verified":["Complet et inaltéré"],"verdict-verified-text":["Toutes les déclarations que le journal avait sur ce véhicule à ce moment sont ici (",["count"],"), et aucune n’a été altérée. Il est certain qui a signé chacune. Si ce qu’elles disent est vrai, aucun journal ne peut le savoir."],"verdict-erased-text":["Le journal a effacé le contenu de ",["erased"]," d’entre elles : ce qu’elles disaient ne peut plus être lu."],"verdict-absent":["Le journal ne sait rien de ce véhicule"],"verdict-absent-text":["C’est prouvé à ce moment. Cela ne veut pas dire qu’il n’est rien arrivé à la voiture, mais que personne n’a rien déclaré sur elle dans ce journal."],"verdict-refused":["Refusé : ne croyez pas ce fichier"],"verdict-refused-text":["Demandez au vendeur d’où il vient, et demandez-en un nouveau au journal."],"verdict-refused-where":["Étape ",["step"]," sur 5 : ",["name"]],"verdict-stale":["Trop ancien"],"verdict-stale-text":["Rien n’y est falsifié, mais il peut manquer ce qui s’est passé depuis. Vous admettez ",["days"]," jours. Demandez-en un plus récent."],"as-of":["au ",["time"]],"not-asked":["Vous n’avez pas saisi le numéro de la voiture. La réponse porte sur ce numéro ; comparez-le à celui de la voiture :"],"asked":["C’est le numéro que vous avez saisi."],"step-0":["le fichier"],"step-1":["signatures du journal et de ses témoins"],"step-2":["index du journal"],"step-3":["étiquette du véhicule"],"step-4":["entrée dans l’index"],"step-5":["déclarations"],"item-statement":["Déclaration ",["number"]," sur ",["count"],", position ",["index"]," dans le journal"],"item-key":["Clé d’émetteur ",["number"]," sur ",["count"]],"item-notice":["Avis d’effacement ",["number"]," sur ",["count"]],"technical":["En détail"],"why-file":["Le fichier est endommagé, ou n’est pas un dossier."],"why-unknown-log":["Il vient d’un journal que la politique ne nomme pas."],"why-signatures":["Une signature du journal ou d’un témoin manque ou est fausse."],"why-quorum":["Trop peu de témoins ont signé."],"why-no-freshness":["La politique ne demande aucun témoin, rien ne dit donc l’ancienneté du dossier."],"why-from-future":["Sa date est dans le futur. L’horloge de cet appareil est-elle juste ?"],"why-index":["L’index qu’il contient n’est pas celui de ce journal."],"why-other-vehicle":["C’est le dossier d’un autre véhicule."],"why-vrf-key":["La clé VRF donnée n’est pas celle de ce journal."],"why-label":["Il n’est pas prouvé que ces entrées sont celles de ce véhicule."],"why-trie":["Ce qu’il prétend n’est pas ce que dit l’index."],"why-count":["Des déclarations ont été omises, ajoutées ou déplacées."],"why-not-in-log":["Cela ne figure pas dans le journal comme prétendu."],"why-key":["La clé de l’émetteur n’est pas prouvée, ou n’était pas valable."],"why-notice":["Un contenu manque, et aucun avis d’effacement valable ne l’explique."],"why-statement":["La déclaration a été altérée, ou n’a pas été signée par son émetteur."],"why-statement-other":["La déclaration porte sur un autre véhicule."],"why-issuer":["L’émetteur n’a pas le droit de déclarer cela."],"car":["La voiture"],"vin":["VIN"],"frame":["Numéro de châssis"],"car-make":["Marque"],"car-model":["Modèle"],"car-year":["Année-modèle"],"car-fuel":["Carburant"],"car-colour":["Couleur"],"car-first":["Première immatriculation"],"stated-by":["selon ",["issuer"]],"odometer":["Compteur kilométrique"],"chart-label":["Relevés du compteur dans le temps (",["count"],"), le premier ",["first"],", le dernier ",["last"],". La chronologie les contient tous."],"chart-none":["Aucune déclaration n’a de relevé du compteur."],"chart-superseded":["remplacé"],"chart-miles":["Les relevés en miles sont tracés en km."],"timeline":["Chronologie"],"details":["Détails"],"superseded":["Remplacée par la déclaration à la position ",["index"]," du journal"],"contested":["Contestée par un autre à la position ",["index"]," ; elle tient"],"corrects":["Corrige une déclaration antérieure"],"withheld":["Champs réservés : ",["count"]],"withheld-may":["Peuvent être réservés ici : ",["fields"]],"disclosed":["personnel"],"key-revoked":["La clé de l’émetteur a été révoquée plus tard. Motif : ",["reason"]],"erased":["Contenu effacé"],"erased-text":["Le journal a effacé ce contenu le ",["date"],". À la demande de : ",["who"],". Motif : ",["why"]],"signed":["Signée"],"recorded":["Consignée"],"place":["Lieu"],"log-index":["Position dans le journal"],"confidence":["Confiance"],"confidence-a":["A, autorité"],"confidence-b":["B, professionnel agréé"],"confidence-c":["C, partie commerciale"],"confidence-d":["D, propriétaire ou inconnu"],"who":["Qui a dit quoi"],"issuer":["Émetteur"],"roles":["Rôle"],"statements":["Déclarations"],"period":["Période"],"documents":["Documents"],"documents-hint":["Les déclarations nomment des documents par leur empreinte (SHA-256). Si vous en avez un, cette page peut le comparer."],"documents-none":["Aucune déclaration ne nomme de document."],"document-kind":["Document"],"page":["page ",["number"]],"digest":["Empreinte"],"check-document":["Comparer un document"],"document-match":["Identique : ",["name"]],"document-other":["Pas parmi les documents nommés : ",["name"]],"checked":["Ce qui a été vérifié"],"log":["Journal"],"log-size":["Entrées du journal"],"cosigners":["Cosigné par"],"label":["Étiquette"],"policy-digest":["Empreinte de la politique"],"trust-source-page":["contenues dans cette page"],"checked-with-user":["Vérifié avec la politique que vous avez donnée, pour le journal ",["log"],". Une politique qui vient du vendeur ne prouve rien."],"checked-with-page":["Vérifié avec la politique que contient cette page, pour le journal ",["log"],"."],"trust-source-user":["données par vous"],"findings-note":["Cette page montre ce qui a été déclaré et ne le juge pas. Elle ne calcule pas de constats, comme des relevés qui baissent : le programme carnet le fait."],"print":["Imprimer"],"yes":["oui"],"no":["non"],"more-characters":["(et ",["count"]," caractères de plus)"],"more-items":["(et ",["count"]," de plus)"],"type-identity-manufactured":["Fabriquée"],"type-identity-decoded":["Identifiant décodé"],"type-identity-vin_observed":["Identifiant vu sur la voiture"],"type-identity-vin_restamped":["Identifiant refrappé"],"type-registration-first":["Première immatriculation"],"type-registration-transferred":["Changement de propriétaire"],"type-registration-changed":["Immatriculation modifiée"],"type-registration-deregistered":["Radiation"],"type-registration-export_reported":["Exportation signalée au registre"],"type-registration-foreign":["Immatriculée à l’étranger"],"type-lien-recorded":["Gage inscrit"],"type-lien-released":["Gage levé"],"type-odometer-read":["Relevé du compteur"],"type-odometer-serviced":["Compteur réparé ou remplacé"],"type-inspection-periodic":["Contrôle périodique"],"type-inspection-condition":["Contrôle de l’état (formulaire 82)"],"type-inspection-preshipment":["Contrôle avant embarquement"],"type-inspection-roadworthiness":["Certificat d’aptitude à la route"],"type-service-performed":["Entretien ou réparation"],"type-battery-health":["État de la batterie de traction"],"type-recall-opened":["Rappel ouvert"],"type-recall-closed":["Rappel effectué"],"type-claim-damage":["Sinistre (dommages)"],"type-claim-uninsured":["Période sans assurance dommages"],"type-claim-total_loss":["Perte totale"],"type-hazard-flood":["Dégât d’inondation"],"type-hazard-fire":["Dégât d’incendie"],"type-theft-reported":["Vol signalé"],"type-theft-recovered":["Retrouvée après vol"],"type-modification":["Transformation"],"type-sale-listed":["Mise en vente"],"type-sale-sold":["Vendue"],"type-custody-moved":["Prise en charge et remise"],"type-export-cleared":["Exportation dédouanée"],"type-export-loaded":["Chargée pour l’exportation"],"type-export-arrived":["Arrivée à l’étranger"],"type-endoflife-scrapped":["Mise à la casse"],"type-record-corrected":["Inscription corrigée"],"type-certificate-issued":["Certificat de batterie délivré"],"type-certificate-suspended":["Certificat de batterie suspendu"],"type-certificate-reinstated":["Certificat de batterie rétabli"],"type-certificate-withdrawn":["Certificat de batterie retiré"],"role-maker":["constructeur"],"role-system":["programme de décodage"],"role-register":["registre des véhicules"],"role-foreign_register":["registre étranger"],"role-safety_authority":["autorité de sécurité routière"],"role-inspection_station":["station de contrôle"],"role-inspector":["contrôleur de l’état"],"role-preshipment_inspector":["contrôleur avant embarquement"],"role-workshop":["atelier"],"role-battery_assessor":["évaluateur de batteries"],"role-certification_body":["organisme de certification"],"role-insurer":["assureur"],"role-police":["police"],"role-customs":["douane"],"role-dealer":["marchand"],"role-auction":["maison d’enchères"],"role-exporter":["exportateur"],"role-yard":["parc de stockage"],"role-carrier":["transporteur"],"role-dismantler":["casse agréée"],"role-dispute_panel":["commission des litiges"],"role-owner":["propriétaire"],"fuel-gasoline":["essence"],"fuel-diesel":["gazole"],"fuel-lpg":["GPL"],"fuel-hybrid":["hybride"],"fuel-electric":["électricité"],"fuel-hydrogen":["hydrogène"],"fuel-other":["autre carburant"]},
};
return { MESSAGES };
})();

// page/language.js
const page_language = (() => {
// What the page says, in the language that was chosen.

const { h } = page_dom;
const { MESSAGES } = page_messages;

// Latin digits in every language, because they are compared with documents and with the car.
const LOCALES = { en: 'en-GB', ko: 'ko-KR', ru: 'ru-RU', ar: 'ar-u-nu-latn-ca-gregory', es: 'es', fr: 'fr' };

let current = 'en';

/** The language in which the page speaks. */
const language = () => current;

/** The languages there are, by code and own name. */
const languages = () => Object.entries(MESSAGES).map(([id, { language: [name] }]) => [id, name]);

/** Chooses a language, and tells the document. */
function speak(wanted) {
  current = wanted in MESSAGES ? wanted : 'en';
  document.documentElement.lang = current;
  document.documentElement.dir = current === 'ar' ? 'rtl' : 'ltr';
}

/** The first language of the person's that there is. */
function preferredLanguage() {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag) => tag in MESSAGES) ?? 'en';
}

/** A message as nodes; placeables are texts, numbers or nodes, isolated from the sentence around them. */
function say(id, values = {}) {
  return MESSAGES[current][id].map((part) => (typeof part === 'string' ? part : h('bdi', null, shown(values[part[0]]))));
}

/** A message as text, for places that hold no elements. */
function sayText(id, values = {}) {
  return MESSAGES[current][id]
    .map((part) => (typeof part === 'string' ? part : `\u2068${shown(values[part[0]])}\u2069`))
    .join('');
}

/** Whether there is such a message. */
const hasMessage = (id) => id in MESSAGES[current];

const shown = (value) => (typeof value === 'number' || typeof value === 'bigint' ? number(value) : value);

/** A number with its thousands apart. */
const number = (value) => new Intl.NumberFormat(LOCALES[current], { maximumFractionDigits: 1 }).format(value);

/** An amount in minor units of a currency. */
function money(minor, currency) {
  try {
    const format = new Intl.NumberFormat(LOCALES[current], { style: 'currency', currency, currencyDisplay: 'code' });
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  } catch {
    return `${minor} ${currency}`;
  }
}

// The last second of the year 9999; only a cosigner whose time does not matter can be later.
const LAST_SHOWN = 253_402_300_799;

const atUtc = (seconds, style) =>
  new Intl.DateTimeFormat(LOCALES[current], { ...style, timeZone: 'UTC' }).format(
    new Date(Math.min(Number(seconds), LAST_SHOWN) * 1000),
  );

// The month in letters, because figures alone read differently from country to country.
const DAY_STYLE = { day: 'numeric', month: 'short', year: 'numeric' };

/** A day, from seconds since 1970 on the clock that is meant. */
const day = (seconds) => atUtc(seconds, DAY_STYLE);

/** A day written `YYYY-MM-DD`, or null where it is no such day. */
function calendarDay(text) {
  const milliseconds = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(milliseconds) ? null : day(milliseconds / 1000);
}

/** A time in UTC, from seconds since 1970. */
const moment = (seconds) =>
  `${atUtc(seconds, { ...DAY_STYLE, month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })} UTC`;

/** A place by the name of its country and its code, `South Korea (KRPUS)`. */
function place(locode) {
  const country = new Intl.DisplayNames([LOCALES[current]], { type: 'region', fallback: 'none' }).of(locode.slice(0, 2));
  return country ? `${country} (${locode})` : locode;
}
return { language, languages, speak, preferredLanguage, say, sayText, hasMessage, number, money, day, calendarDay, moment, place };
})();

// page/foreign_text.js
const page_foreign_text = (() => {
// Text from a file, which anybody may have written: cut where it is long, and kept from turning around what stands beside it.

const { h } = page_dom;
const { say } = page_language;

const MAX_SHOWN = 300;

// Controls, line separators, and the characters that change the direction of text or are not seen, such as the fillers of
// Hangul. The joiners that Persian and other scripts need stay, and selectors of a shape.
const UNSEEN =
  /([\p{Cc}\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d159}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}])/u;

/** The text, isolated from the direction of what surrounds it, unseen characters named, and cut after `limit` characters. */
function foreign(text, limit = MAX_SHOWN) {
  // Cut by code units first: spreading a megabyte into characters is slow, and no character has more than two.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const shown = characters.slice(0, limit).join('');
  const rest = text.length - shown.length;
  return h(
    'bdi',
    null,
    shown.split(UNSEEN).map((part, at) => (at % 2 ? named(part) : part)),
    rest > 0 ? h('span', { class: 'cut' }, ' … ', say('more-characters', { count: rest })) : null,
  );
}

function named(character) {
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
  return h('span', { class: 'unseen' }, `U+${code}`);
}

/** A number, digest or key: left to right in every language, and breakable. */
const code = (text, limit = MAX_SHOWN) => h('span', { class: 'code', dir: 'ltr' }, foreign(text, limit));
return { foreign, code };
})();

// page/chart.js
const page_chart = (() => {
// The odometer readings over time as a drawing. It shows what was stated, superseded readings hollow, and judges nothing.

const { h, svg } = page_dom;
const { day, number, say, sayText } = page_language;

const KM_PER_MILE = 1.609344;
const HEIGHT = 240;
const MARGIN = { top: 30, right: 16, bottom: 30, left: 64 };
const YEAR = 365.2425 * 86_400;

/** The readings in statements that have one, in order of time: km, seconds since 1970, and whether superseded. */
function readingsOf(statements) {
  return statements
    .map((statement) => ({ ...readingOf(statement.claims.body), statement, time: timeOfReading(statement, statements) }))
    .filter(({ value, time }) => value !== undefined && time !== null)
    .map(({ value, unit, statement, time }) => ({
      value,
      unit,
      km: unit === 'mi' ? value * KM_PER_MILE : value,
      at: time.seconds,
      localAt: time.localSeconds,
      superseded: statement.supersededBy.length > 0,
    }))
    .sort((a, b) => a.at - b.at);
}

/** What a correction says of the odometer is about the time of the statement it corrects; null where it corrects none. */
function timeOfReading({ claims, logIndex }, statements) {
  if (claims.typ !== 'record.corrected') return claims.eventTime;
  const corrected = statements.find(({ supersededBy }) => supersededBy.includes(logIndex));
  return corrected?.claims.eventTime ?? null;
}

/** When the odometer was serviced or replaced, as far as stated: a lower reading after it is no contradiction. */
function servicesOf(statements) {
  return statements
    .filter(({ claims, supersededBy }) => claims.typ === 'odometer.serviced' && supersededBy.length === 0)
    .map(({ claims }) => claims.eventTime);
}

/** The reading in a body: its value and unit, or nothing. */
function readingOf(body) {
  const odometer = body.get('odometer');
  const value = odometer instanceof Map ? odometer.get('value')?.wholeUpTo?.(10_000_000n) : null;
  const unit = odometer instanceof Map ? odometer.get('unit') : null;
  return value !== null && value !== undefined && (unit === 'km' || unit === 'mi') ? { value: Number(value), unit } : {};
}

/** A reading as text, in its own unit. */
const readingText = ({ value, unit }) => `${number(value)} ${unit}`;

/** The figure, drawn for a width in pixels. */
function chart(readings, services, width) {
  const plot = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const yStep = niceStep(Math.max(...readings.map(({ km }) => km), 1000) / 4);
  const yMax = yStep * Math.ceil(Math.max(...readings.map(({ km }) => km), 1000) / yStep);
  const [from, to] = span([...readings.map(({ at }) => at), ...services.map(({ seconds }) => seconds)]);
  const x = (at) => MARGIN.left + ((at - from) / (to - from)) * plot.width;
  const y = (km) => MARGIN.top + (1 - km / yMax) * plot.height;
  const standing = readings.filter(({ superseded }) => !superseded);

  const drawing = svg(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-labelledby': 'chart-label', direction: 'ltr' },
    kilometreAxis(yMax, yStep, y, width),
    yearAxis(from, to, x, plot.width),
    services.map((time) => serviceLine(time, x(time.seconds))),
    stretches(standing, services).map((stretch) =>
      svg('polyline', { class: 'line', points: stretch.map(({ at, km }) => `${x(at)},${y(km)}`).join(' ') }),
    ),
    readings.map((reading) => mark(reading, x(reading.at), y(reading.km))),
  );
  const label = say('chart-label', {
    count: readings.length,
    first: readingText(readings[0]),
    last: readingText(readings.at(-1)),
  });
  const superseded = readings.some((reading) => reading.superseded);
  return h(
    'figure',
    { class: 'chart' },
    drawing,
    h(
      'figcaption',
      null,
      h('span', { id: 'chart-label' }, label),
      superseded ? h('span', { class: 'key' }, ' ', keyMark(), ' ', say('chart-superseded')) : null,
      services.length > 0 ? h('span', { class: 'key' }, ' ', keyLine(), ' ', say('type-odometer-serviced')) : null,
      readings.some(({ unit }) => unit === 'mi') ? [' ', say('chart-miles')] : null,
    ),
  );
}

const keyMark = () =>
  svg(
    'svg',
    { viewBox: '0 0 12 12', class: 'key-mark', 'aria-hidden': 'true' },
    svg('circle', { class: 'mark superseded', cx: 6, cy: 6, r: 4.5 }),
  );

const keyLine = () =>
  svg(
    'svg',
    { viewBox: '0 0 12 12', class: 'key-mark', 'aria-hidden': 'true' },
    svg('line', { class: 'service', x1: 6, x2: 6, y1: 0, y2: 12 }),
  );

function serviceLine(time, x) {
  const title = `${day(time.localSeconds)}: ${sayText('type-odometer-serviced')}`;
  return svg('line', { class: 'service', x1: x, x2: x, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }, svg('title', null, title));
}

/** The readings between two services of the odometer belong together. */
function stretches(readings, services) {
  const ends = [...services.map(({ seconds }) => seconds).sort((a, b) => a - b), Infinity];
  return ends.map((end, at) => readings.filter((reading) => reading.at < end && reading.at >= (ends[at - 1] ?? -Infinity)));
}

function mark(reading, cx, cy) {
  const superseded = reading.superseded ? `, ${sayText('chart-superseded')}` : '';
  const title = `${day(reading.localAt)}: ${readingText(reading)}${superseded}`;
  const kind = reading.superseded ? 'mark superseded' : 'mark';
  return svg('circle', { class: kind, cx, cy, r: 4.5 }, svg('title', null, title));
}

function kilometreAxis(yMax, step, y, width) {
  const lines = [];
  for (let km = 0; km <= yMax; km += step) {
    lines.push(
      svg('line', { class: km === 0 ? 'axis' : 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(km), y2: y(km) }),
      svg('text', { x: MARGIN.left - 8, y: y(km) + 4, 'text-anchor': 'end' }, number(km)),
    );
  }
  return [lines, svg('text', { x: MARGIN.left - 8, y: 16, 'text-anchor': 'end' }, 'km')];
}

function yearAxis(from, to, x, plotWidth) {
  const first = new Date(from * 1000).getUTCFullYear();
  const last = new Date(to * 1000).getUTCFullYear();
  const every = Math.max(1, Math.ceil(((last - first + 1) * 48) / plotWidth));
  const marks = [];
  for (let year = first; year <= last; year += 1) {
    const at = Date.UTC(year, 0, 1) / 1000;
    if (at < from || at > to || year % every !== 0) continue;
    const bottom = HEIGHT - MARGIN.bottom;
    marks.push(
      svg('line', { class: 'axis', x1: x(at), x2: x(at), y1: bottom, y2: bottom + 5 }),
      svg('text', { x: x(at), y: bottom + 20, 'text-anchor': 'middle' }, String(year)),
    );
  }
  return marks;
}

/** A little more than what is drawn takes, and never less than two years. */
function span(times) {
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const margin = Math.max((2 * YEAR - (last - first)) / 2, (last - first) * 0.04);
  return [first - margin, last + margin];
}

/** The least of 1, 2 and 5 times a power of ten that is not less than `rough`. */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}
return { readingsOf, servicesOf, readingOf, readingText, chart };
})();

// page/fields.js
const page_fields = (() => {
// The fields of a statement's body as a list of names and values, labelled by the vocabulary.

const { JsonNumber } = src_json;
const { TYPES } = src_vocabulary;
const { h } = page_dom;
const { code, foreign } = page_foreign_text;
const { calendarDay, hasMessage, language, money, number, say } = page_language;

const MAX_FIELDS = 200;
const MAX_LEVELS = 6;

/** The label of the field `name` at `path` in a type. The vocabulary has labels in Korean and English; other languages show the English one. */
function fieldLabel(typ, path, name) {
  const labels = TYPES.get(typ).fields[path];
  if (!labels) return code(name, 80);
  return language() === 'ko' ? labels[1] : h('span', { lang: 'en', dir: 'ltr' }, labels[0]);
}

/** A definition list of all fields of a body; `personal` has the paths of disclosed fields. */
function fieldList(typ, body, personal) {
  const shown = [...body].slice(0, MAX_FIELDS);
  return h(
    'dl',
    null,
    shown.map(([name, value]) =>
      h(
        'div',
        null,
        h('dt', null, fieldLabel(typ, name, name), personal.includes(name) ? [' ', tag('disclosed')] : null),
        h('dd', null, valueNodes(typ, name, value, 0)),
      ),
    ),
    moreItems(body.size - shown.length),
  );
}

const tag = (message) => h('span', { class: 'tag' }, say(message));
const moreItems = (count) => (count > 0 ? h('div', { class: 'cut' }, say('more-items', { count })) : null);

function valueNodes(typ, path, value, level) {
  if (level > MAX_LEVELS) return code('…');
  if (value === null) return code('null');
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (typeof value === 'string') return textValue(path, value);
  if (value instanceof JsonNumber) return h('span', { dir: 'ltr' }, code(value.text), unitOf(typ, path));
  if (Array.isArray(value)) return arrayNodes(typ, path, value, level);
  return objectNodes(typ, path, value, level);
}

/** A text that a field holds: a day or a kind of fuel in the language of the page, anything else as it stands. */
function textValue(path, text) {
  if (path === 'fuel' && hasMessage(`fuel-${text}`)) return say(`fuel-${text}`);
  if (/^[0-9a-f]{64}$/.test(text)) return code(text);
  return calendarDay(text) ?? foreign(text);
}

function unitOf(typ, path) {
  const unit = TYPES.get(typ).fields[path]?.[2];
  // Longer ones are explanations; a year is a number as it stands.
  return unit && unit.length <= 12 && unit !== 'year' && unit !== '1' ? ` ${unit}` : null;
}

function arrayNodes(typ, path, items, level) {
  const shown = items.slice(0, MAX_FIELDS);
  const plain = items.every((item) => typeof item === 'string' && item.length <= 40);
  const more = moreItems(items.length - shown.length);
  if (plain) return [shown.map((item, at) => [at > 0 ? ', ' : null, foreign(item)]), more];
  return [h('ul', { class: 'plain' }, shown.map((item) => h('li', null, valueNodes(typ, path, item, level + 1)))), more];
}

function objectNodes(typ, path, members, level) {
  const minor = members.get('minor');
  const currency = members.get('currency');
  if (members.size === 2 && minor instanceof JsonNumber && /^[A-Z]{3}$/.test(currency)) {
    return h('bdi', null, money(Number(minor.text), currency));
  }
  const value = members.get('value');
  const unit = members.get('unit');
  const isReading = value instanceof JsonNumber && (unit === 'km' || unit === 'mi');
  const rest = [...members].filter(([name]) => !(isReading && (name === 'value' || name === 'unit'))).slice(0, MAX_FIELDS);
  return [
    isReading ? h('bdi', null, `${number(Number(value.text))} ${unit}`) : null,
    h(
      'ul',
      { class: 'plain inner' },
      rest.map(([name, inner]) =>
        h('li', null, fieldLabel(typ, `${path}.${name}`, name), ': ', valueNodes(typ, `${path}.${name}`, inner, level + 1)),
      ),
    ),
  ];
}
return { fieldLabel, fieldList, textValue };
})();

// page/why.js
const page_why = (() => {
// Why a dossier is refused, in words for buyers: which message says it.

/** The reasons of verify.js, in groups that a buyer can tell apart. */
const WHY = {
  'why-unknown-log': ['unknown_log'],
  'why-signatures': ['note', 'checkpoint_text', 'not_signed_by_log', 'bad_signature'],
  'why-quorum': ['quorum'],
  'why-no-freshness': ['no_freshness'],
  'why-from-future': ['from_future'],
  'why-index': ['empty_log', 'index_size', 'epochs'],
  'why-other-vehicle': ['other_vehicle'],
  'why-vrf-key': ['vrf_key', 'vrf_key_of_other_log'],
  'why-label': ['vrf_proof'],
  'why-trie': ['chain_missing', 'not_in_index', 'chain_value', 'trie_proof'],
  'why-count': ['count', 'chain_head', 'not_rising', 'not_covered', 'digest_twice'],
  'why-not-in-log': ['inclusion', 'entry', 'entry_kind', 'entry_epoch', 'entry_label'],
  'why-key': [
    'key_history',
    'no_key_entry',
    'key_twice',
    'key_incomplete',
    'key_unused',
    'key_not_listed',
    'key_not_valid',
  ],
  'why-notice': ['notice', 'notice_of_other_vehicle', 'notice_ahead', 'notice_unused', 'notice_missing', 'not_erased'],
  'why-statement': ['statement', 'signature', 'digest'],
  'why-statement-other': ['statement_of_other_vehicle'],
  'why-issuer': ['issuer', 'role'],
};

/** The message for a refusal; what is wrong with the index's own entry is another thing than with a statement's. */
function whyMessage({ step, reason }) {
  if (step === 0) return 'why-file';
  if (step === 2) return 'why-index';
  if (step === 5 && reason === 'trie_proof') return 'why-key';
  return Object.keys(WHY).find((message) => WHY[message].includes(reason));
}
return { whyMessage };
})();

// page/verdict.js
const page_verdict = (() => {
// The answer, at the top of the page: what is proven, or which step failed at which item.

const { h, svg } = page_dom;
const { code, foreign } = page_foreign_text;
const { moment, say } = page_language;
const { whyMessage } = page_why;

const DRAWINGS = {
  verified: 'M5 13l4 4L19 7',
  absent: 'M6 12h12',
  stale: 'M12 6v6l4 3',
  refused: 'M7 7l10 10M17 7L7 17',
};

function panel(kind, message, ...children) {
  return h(
    'section',
    { id: 'verdict', class: `verdict ${kind}`, 'data-verdict': kind, 'aria-labelledby': 'verdict-title' },
    svg(
      'svg',
      { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
      svg('circle', { cx: 12, cy: 12, r: 11 }),
      svg('path', { d: DRAWINGS[kind] }),
    ),
    h('div', null, h('h1', { id: 'verdict-title', tabindex: '-1' }, say(message)), children),
  );
}

/** The panel for a dossier that verified. */
function provenPanel(report, trust) {
  const count = report.statements.length + report.erased.length;
  const kind = count === 0 ? 'absent' : 'verified';
  return panel(
    kind,
    `verdict-${kind}`,
    h('p', { class: 'as-of' }, say('as-of', { time: moment(report.asOf) })),
    h('p', { class: report.asked ? null : 'warning' }, say(report.asked ? 'asked' : 'not-asked')),
    h('p', { class: 'vehicle' }, code(vehicleNumber(report.vehicle))),
    h('p', null, say(`verdict-${kind}-text`, { count })),
    report.erased.length > 0 ? h('p', { class: 'warning' }, say('verdict-erased-text', { erased: report.erased.length })) : null,
    h('p', { class: 'hint' }, say(`checked-with-${trust.source}`, { log: foreign(report.origin, 120) })),
  );
}

/** The number as it stands on the car, without the prefix. */
const vehicleNumber = (vehicle) => vehicle.slice(vehicle.indexOf(':') + 1);

/** The panel for a dossier that is refused, or too old. */
function refusedPanel(refusal, maxAgeDays) {
  if (refusal.stale) {
    return panel(
      'stale',
      'verdict-stale',
      h('p', { class: 'as-of' }, say('as-of', { time: moment(refusal.asOf) })),
      h('p', null, say('verdict-stale-text', { days: maxAgeDays })),
    );
  }
  const item = itemNodes(refusal.item);
  const where = say('verdict-refused-where', { step: refusal.step, name: h('span', null, say(`step-${refusal.step}`)) });
  const section = panel(
    'refused',
    'verdict-refused',
    h('p', { class: 'reason' }, say(whyMessage(refusal))),
    h('p', null, where),
    item ? h('p', null, item) : null,
    h('p', null, say('verdict-refused-text')),
    h('details', null, h('summary', null, say('technical')), h('p', { lang: 'en', dir: 'ltr' }, foreign(refusal.message, 600))),
  );
  section.setAttribute('data-step', refusal.step);
  section.setAttribute('data-reason', refusal.reason);
  return section;
}

/** The item that failed, as verify.js names it, in the language of the page. */
function itemNodes(item) {
  const match = /^(statement|issuer key|erasure notice) (\d+) of (\d+)(?:.* at log index (\d+))?/.exec(item);
  if (!match) return null;
  const [, kind, position, count, index] = match;
  const message = { statement: 'item-statement', 'issuer key': 'item-key', 'erasure notice': 'item-notice' }[kind];
  return say(message, { number: position, count, index });
}
return { provenPanel, vehicleNumber, refusedPanel };
})();

// page/report.js
const page_report = (() => {
// What a dossier that verified says: the car, its odometer, the timeline, who spoke, documents, and what was checked.

const { toHex } = src_bytes;
const { JsonNumber } = src_json;
const { TYPES } = src_vocabulary;
const { chart, readingOf, readingText, readingsOf, servicesOf } = page_chart;
const { h } = page_dom;
const { fieldLabel, fieldList, textValue } = page_fields;
const { code, foreign } = page_foreign_text;
const { day, hasMessage, moment, number, place, say } = page_language;
const { vehicleNumber } = page_verdict;

/** All sections. `trust` says what the report was checked with; `width` is the room for the chart, in pixels. */
function reportSections(report, trust, width) {
  if (report.statements.length + report.erased.length === 0) return [checkedSection(report, trust)];
  return [
    carSection(report),
    odometerSection(report, width),
    timelineSection(report),
    whoSection(report),
    documentsSection(report),
    checkedSection(report, trust),
  ];
}

function section(id, heading, ...children) {
  return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, say(heading)), children);
}

const row = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

/** What the car is, from the statements that say so; the first type in the list that has the field speaks. */
const FACTS = [
  ['car-make', 'make', ['identity.manufactured']],
  ['car-model', 'model', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-year', 'model_year', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-fuel', 'fuel', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-colour', 'colour', ['registration.first', 'identity.manufactured', 'inspection.condition']],
  ['car-first', 'date', ['registration.first']],
];

function carSection(report) {
  const [kind] = report.vehicle.split(':');
  return section(
    'car',
    'car',
    h(
      'dl',
      null,
      row(say(kind), h('strong', null, code(vehicleNumber(report.vehicle)))),
      FACTS.map(([message, field, types]) => fact(report, message, field, types)),
    ),
  );
}

function fact(report, message, field, types) {
  for (const typ of types) {
    const spoken = report.statements.find(
      ({ claims, supersededBy }) => claims.typ === typ && claims.body.has(field) && supersededBy.length === 0,
    );
    if (!spoken) continue;
    const value = spoken.claims.body.get(field);
    const text = value instanceof JsonNumber ? value.text : value;
    if (typeof text !== 'string') continue;
    return row(say(message), textValue(field, text), ' ', h('span', { class: 'hint' }, say('stated-by', { issuer: issuerName(spoken) })));
  }
  return null;
}

const issuerName = ({ issuer }) => foreign(issuer.name, 80);

function odometerSection(report, width) {
  return section('odometer', 'odometer', odometerFigure(report, width) ?? h('p', null, say('chart-none')));
}

/** The chart of a report, for a width in pixels; null where there is no reading. */
function odometerFigure({ statements }, width) {
  const readings = readingsOf(statements);
  return readings.length > 0 ? chart(readings, servicesOf(statements), width) : null;
}

function timelineSection(report) {
  const inTime = [...report.statements].sort(
    (a, b) => a.claims.eventTime.seconds - b.claims.eventTime.seconds || (a.logIndex < b.logIndex ? -1 : 1),
  );
  return section(
    'timeline',
    'timeline',
    h('p', { class: 'hint' }, say('findings-note')),
    h('ol', { class: 'timeline' }, inTime.map(statementItem), report.erased.map(erasedItem)),
  );
}

function typeName(typ) {
  const message = `type-${typ.replaceAll('.', '-')}`;
  return hasMessage(message) ? say(message) : code(typ);
}

const roleNames = (roles) => roles.map((role, at) => [at > 0 ? ', ' : null, say(`role-${role}`)]);

function statementItem(statement) {
  const { claims, issuer, hidden } = statement;
  const reading = readingOf(claims.body);
  return h(
    'li',
    { class: statement.supersededBy.length > 0 ? 'superseded' : null },
    h('p', { class: 'when' }, h('time', { datetime: claims.eventTime.text.replace(/\[.*/, '') }, day(claims.eventTime.localSeconds))),
    h('h3', null, typeName(claims.typ)),
    reading.value === undefined ? null : h('p', { class: 'reading' }, h('bdi', null, readingText(reading))),
    h('p', { class: 'by' }, issuerName(statement), ' · ', roleNames(issuer.roles), claims.place ? [' · ', h('bdi', null, place(claims.place))] : null),
    notes(statement),
    claims.supersedes ? h('p', { class: 'note' }, say('corrects')) : null,
    hidden > 0 ? h('p', { class: 'note withheld' }, say('withheld', { count: hidden })) : null,
    lazyDetails(() => statementDetails(statement)),
  );
}

function notes({ supersededBy, contestedBy, issuer }) {
  return [
    supersededBy.map((index) => h('p', { class: 'note strong' }, say('superseded', { index }))),
    contestedBy.map((index) => h('p', { class: 'note' }, say('contested', { index }))),
    issuer.revokedAt
      ? h('p', { class: 'note' }, say('key-revoked', { reason: foreign(issuer.revokedAt.reason) }))
      : null,
  ];
}

function erasedItem(statement) {
  const { issuer, notice, logIndex } = statement;
  const erasure = { date: day(notice.seconds), who: foreign(notice.askedBy), why: foreign(notice.reason) };
  return h(
    'li',
    { class: 'erased' },
    h('p', { class: 'when' }, say('log-index'), ' ', number(logIndex)),
    h('h3', null, say('erased')),
    h('p', { class: 'by' }, issuerName(statement), ' · ', roleNames(issuer.roles)),
    h('p', null, say('erased-text', erasure)),
    notes(statement),
  );
}

/** Details that are made when they are opened: a long history has thousands of fields. */
function lazyDetails(make) {
  const details = h('details', null, h('summary', null, say('details')));
  details.addEventListener('toggle', () => fillDetails(details), { once: true });
  details.fill = make;
  return details;
}

/** Makes the content of details that were not opened yet, before they are printed. */
function fillDetails(details) {
  if (!details.fill) return;
  details.append(details.fill());
  details.fill = null;
}

function statementDetails({ claims, disclosed, hidden, logIndex, digest, issuer }) {
  const personal = TYPES.get(claims.typ).personal.filter((field) => !claims.body.has(field));
  return h(
    'div',
    { class: 'details' },
    fieldList(claims.typ, claims.body, disclosed),
    hidden > 0 && personal.length > 0
      ? h('p', { class: 'note withheld' }, say('withheld-may', { fields: h('span', null, listed(claims.typ, personal)) }))
      : null,
    h(
      'dl',
      { class: 'meta' },
      row(say('issuer'), foreign(issuer.issuer)),
      row(say('confidence'), say(`confidence-${claims.confidence.toLowerCase()}`)),
      row(say('signed'), moment(claims.iat)),
      claims.recordedAt ? row(say('recorded'), code(claims.recordedAt.text)) : null,
      row(say('log-index'), number(logIndex)),
      row(say('digest'), code(toHex(digest))),
    ),
  );
}

const listed = (typ, fields) => fields.map((field, at) => [at > 0 ? ', ' : null, fieldLabel(typ, field, field)]);

function whoSection(report) {
  const speakers = new Map();
  for (const statement of [...report.statements, ...report.erased]) {
    const { issuer } = statement;
    const known = speakers.get(issuer.issuer) ?? { statement, roles: new Set(), count: 0, days: [] };
    for (const role of issuer.roles) known.roles.add(role);
    known.count += 1;
    if (statement.claims) known.days.push(statement.claims.eventTime.localSeconds);
    speakers.set(issuer.issuer, known);
  }
  const rows = [...speakers.values()].map(({ statement, roles, count, days }) =>
    h(
      'tr',
      null,
      h('th', { scope: 'row' }, issuerName(statement)),
      h('td', null, roleNames([...roles])),
      h('td', { class: 'number' }, number(count)),
      h('td', null, days.length > 0 ? period(Math.min(...days), Math.max(...days)) : '—'),
    ),
  );
  return section('who', 'who', table(['issuer', 'roles', 'statements', 'period'], rows, 'who'));
}

const period = (from, to) => (day(from) === day(to) ? day(from) : [h('bdi', null, day(from)), ' – ', h('bdi', null, day(to))]);

function table(headings, rows, id) {
  return h(
    'div',
    { class: 'scroll', role: 'group', tabindex: '0', 'aria-labelledby': `${id}-title` },
    h(
      'table',
      null,
      h('thead', null, h('tr', null, headings.map((heading) => h('th', { scope: 'col' }, say(heading))))),
      h('tbody', null, rows),
    ),
  );
}

function documentsSection(report) {
  const named = report.statements.flatMap(({ claims, logIndex }) =>
    claims.evidence.map((piece) => ({ ...piece, claims, logIndex, hex: toHex(piece.sha256) })),
  );
  if (named.length === 0) return section('documents', 'documents', h('p', null, say('documents-none')));
  const rows = named.map(({ kind, page, claims, hex }) =>
    h(
      'tr',
      { 'data-digest': hex },
      h('th', { scope: 'row' }, code(kind), page === null ? null : [', ', say('page', { number: page })]),
      h('td', null, typeName(claims.typ), ', ', day(claims.eventTime.localSeconds)),
      h('td', null, code(hex)),
    ),
  );
  return section(
    'documents',
    'documents',
    h('p', { class: 'hint' }, say('documents-hint')),
    h(
      'p',
      { class: 'screen' },
      h('input', { type: 'file', id: 'document', class: 'file' }),
      h('label', { for: 'document', class: 'button small' }, say('check-document')),
    ),
    h('p', { id: 'document-answer', role: 'status' }),
    table(['document-kind', 'statements', 'digest'], rows, 'documents'),
  );
}

function checkedSection(report, trust) {
  return section(
    'checked',
    'checked',
    h(
      'dl',
      null,
      row(say('log'), code(report.origin)),
      row(say('log-size'), number(report.size)),
      row(
        say('cosigners'),
        h(
          'ul',
          { class: 'plain' },
          report.cosigners.map(({ name, time }) => h('li', null, foreign(name, 80), ', ', h('bdi', null, moment(time)))),
        ),
      ),
      row(say('policy'), say(`trust-source-${trust.source}`)),
      row(say('policy-digest'), code(trust.policyDigest)),
      row(say('vrf-key'), code(trust.vrfKey)),
      row(say('label'), code(toHex(report.label))),
    ),
  );
}
return { reportSections, odometerFigure, fillDetails };
})();

// page/main.js
const page_main = (() => {
// The page: what is chosen, when it is checked, and where the answer goes. It sends nothing anywhere; its policy forbids it.

const { fromUtf8, toHex, toUtf8 } = src_bytes;
const { sha256 } = src_hash;
const { Refused } = src_refusal;
const { vehicleIdFromTyped } = src_vehicle_id;
const { Refusal, readTrust, verifyDossier } = src_verify;
const { byId, h } = page_dom;
const { foreign } = page_foreign_text;
const { language, languages, preferredLanguage, say, sayText, speak } = page_language;
const { fillDetails, odometerFigure, reportSections } = page_report;
const { provenPanel, refusedPanel } = page_verdict;

const MAX_AGES = [1, 7, 30, 90, 365];
const USUAL_MAX_AGE = 30;
const MAX_TRUST_BYTES = 1_000_000;
const DAY = 86_400;

/** What an operator's copy carries, or null. */
const carried = JSON.parse(byId('trust').textContent);

const state = {
  /** The dossier chosen: its name and bytes. */
  dossier: null,
  /** Whether the carried policy and key are set aside for others. */
  usesOther: carried === null,
  /** What was found last, so that it can be shown again in another language or width. */
  answer: null,
};

function showStatic() {
  for (const element of document.querySelectorAll('[data-message]')) {
    element.replaceChildren(...say(element.dataset.message));
  }
  document.title = `${sayText('title')} · Carnet`;
  const ages = byId('max-age');
  const chosen = ages.value || String(USUAL_MAX_AGE);
  ages.replaceChildren(...MAX_AGES.map((count) => h('option', { value: count }, sayText('days', { count }))));
  ages.value = chosen;
  showTrust();
  byId('vehicle-problem').replaceChildren();
}

function showTrust() {
  byId('trust-fields').hidden = !state.usesOther;
  byId('trust-carried').hidden = state.usesOther;
  byId('trust-other').hidden = state.usesOther;
  if (carried) byId('trust-carried').replaceChildren(...say('trust-carried', { log: foreign(carried.vrfKey.split('+')[0], 120) }));
}

function showNotice(...nodes) {
  byId('notice').replaceChildren(...nodes.flat(Infinity));
}

function showDossierName() {
  byId('dossier-name').replaceChildren(...(state.dossier ? [foreign(state.dossier.name, 120)] : []));
}

/** Takes files as they come: a policy and a key are known by their content, anything else is the dossier. */
async function takeFiles(files) {
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = bytes.length <= MAX_TRUST_BYTES ? fromUtf8(bytes) : null;
    if (text !== null && /^\s*[^\s+]+\+vrf-r255\+\S+\s*$/.test(text)) takeTrust('vrf-key', text.trim());
    else if (text !== null && /^quorum[ \t]/m.test(text) && !text.trimStart().startsWith('{')) takeTrust('policy', text);
    else state.dossier = { name: file.name, bytes };
  }
  showDossierName();
  if (state.dossier && trustGiven()) await check();
}

function takeTrust(id, text) {
  state.usesOther = true;
  byId(id).value = text;
  showTrust();
}

const trustGiven = () => !state.usesOther || (byId('policy').value.trim() !== '' && byId('vrf-key').value.trim() !== '');

function trustTexts() {
  if (!state.usesOther) return { ...carried, source: 'page' };
  return { policy: byId('policy').value, vrfKey: byId('vrf-key').value.trim(), source: 'user' };
}

/** The vehicle typed: its id, null where nothing was typed, undefined where it is no number. */
function askedVehicle() {
  const typed = byId('vehicle').value.trim();
  const asked = typed === '' ? null : (vehicleIdFromTyped(typed) ?? undefined);
  byId('vehicle').setAttribute('aria-invalid', String(asked === undefined));
  byId('vehicle-problem').replaceChildren(...(asked === undefined ? say('vehicle-bad') : []));
  return asked;
}

async function check() {
  const asked = askedVehicle();
  if (asked === undefined) {
    byId('vehicle').focus();
    return;
  }
  if (!state.dossier || !trustGiven()) {
    showNotice(say(state.dossier ? 'need-trust' : 'need-file'));
    byId(state.dossier ? 'policy' : 'dossier').focus();
    return;
  }
  showNotice(say('checking'));
  byId('check').disabled = true;
  try {
    state.answer = await answerFor(asked);
    showNotice();
    showAnswer();
    byId('verdict-title').focus();
  } catch (error) {
    showFailure(error);
  } finally {
    byId('check').disabled = false;
  }
}

async function answerFor(asked) {
  const texts = trustTexts();
  const days = Number(byId('max-age').value);
  const trust = await readTrust(toUtf8(texts.policy), texts.vrfKey, days * DAY);
  const shown = { ...texts, policyDigest: toHex(await sha256(toUtf8(texts.policy))) };
  const now = Math.floor(Date.now() / 1000);
  try {
    return { report: await verifyDossier(state.dossier.bytes, trust, asked, now), trust: shown };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error, days };
    throw error;
  }
}

function showFailure(error) {
  const isTrust = error instanceof Refused;
  const detail = h('span', { lang: 'en', dir: 'ltr' }, foreign(isTrust ? error.detail : String(error)));
  showNotice(h('span', { class: 'problem' }, say(isTrust ? 'trust-bad' : 'failed'), ' ', detail));
}

function showAnswer() {
  const { report, refusal, trust, days } = state.answer;
  const result = byId('result');
  const panel = report ? provenPanel(report, trust) : refusedPanel(refusal, days);
  const sections = report ? reportSections(report, trust, chartWidth()) : [];
  const buttons = h('p', { class: 'screen buttons' }, button('another', changeInput), button('print', () => window.print()));
  const file = h('p', { class: 'hint' }, say('step-file'), ': ', foreign(state.dossier.name, 120));
  result.replaceChildren(panel, file, buttons, ...sections);
  byId('document')?.addEventListener('change', compareDocument);
  byId('form').hidden = true;
  byId('intro').hidden = true;
}

/** The room for the chart, in pixels: text in it is as large as elsewhere. */
const chartWidth = () => Math.max(280, Math.min(byId('result').clientWidth || 720, 900));

function redrawChart() {
  const figure = state.answer?.report && odometerFigure(state.answer.report, chartWidth());
  if (figure) document.querySelector('.chart').replaceWith(figure);
}

function button(message, run) {
  const element = h('button', { type: 'button', class: 'button small' }, say(message));
  element.addEventListener('click', run);
  return element;
}

function changeInput() {
  state.answer = null;
  byId('result').replaceChildren();
  byId('form').hidden = false;
  byId('intro').hidden = false;
  byId('dossier').value = '';
  byId('dossier').focus();
}

async function compareDocument(event) {
  const [file] = event.target.files;
  if (!file) return;
  const digest = toHex(await sha256(new Uint8Array(await file.arrayBuffer())));
  const rows = [...document.querySelectorAll('[data-digest]')];
  for (const row of rows) row.classList.toggle('match', row.dataset.digest === digest);
  const found = rows.some((row) => row.dataset.digest === digest);
  const message = say(found ? 'document-match' : 'document-other', { name: foreign(file.name, 120) });
  byId('document-answer').replaceChildren(...message);
}

function showAll() {
  showStatic();
  if (state.answer) showAnswer();
}

/** Opens what is folded for the printer, and folds it again afterwards. */
function openForPrinter() {
  const folded = [...document.querySelectorAll('#result details:not([open])')];
  for (const details of folded) {
    fillDetails(details);
    details.open = true;
  }
  window.addEventListener('afterprint', () => folded.forEach((details) => (details.open = false)), { once: true });
}

/** The saved page has a choice of languages; in the frame of a service, that has one. */
function listenToLanguage() {
  const choice = byId('language');
  if (!choice) return;
  choice.append(...languages().map(([id, name]) => h('option', { value: id, lang: id }, name)));
  choice.value = language();
  choice.addEventListener('change', () => {
    speak(choice.value);
    showAll();
  });
  document.querySelector('.language').hidden = false;
}

function listen() {
  listenToLanguage();
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    check();
  });
  byId('dossier').addEventListener('change', (event) => takeFiles([...event.target.files]));
  for (const id of ['policy', 'vrf-key']) {
    byId(`${id}-file`).addEventListener('change', async (event) => {
      const [file] = event.target.files;
      if (file) byId(id).value = (await file.slice(0, MAX_TRUST_BYTES).text()).replace(/\s+$/, '\n');
    });
  }
  byId('other').addEventListener('click', () => {
    state.usesOther = true;
    showTrust();
    byId('policy').focus();
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    takeFiles([...event.dataTransfer.files]);
  });
  window.addEventListener('resize', redrawChart);
  window.addEventListener('beforeprint', openForPrinter);
}

function start() {
  const framed = byId('language') === null;
  speak(framed ? document.documentElement.lang : (/^#lang=([a-z]{2})$/.exec(location.hash)?.[1] ?? preferredLanguage()));
  listen();
  showStatic();
  if (!globalThis.crypto?.subtle) {
    showNotice(say('cannot'));
    return;
  }
  byId('form').hidden = false;
}

start();
return {  };
})();

// page/served.js
const page_served = (() => {
// The page in the frame of a service: the same as the saved one, and kept by the browser, so that it works without a network too.

const {} = page_main;
const { byId } = page_dom;

const WORKER = '/verify-offline.js';

/** Pages of a service may load scripts only from addresses that this policy lets through. */
const addressOf = (address) =>
  globalThis.trustedTypes?.createPolicy('carnet', { createScriptURL: () => address }).createScriptURL(address) ?? address;

async function keep() {
  try {
    await navigator.serviceWorker.register(addressOf(WORKER), { scope: '/verify' });
    await navigator.serviceWorker.ready;
    byId('offline').hidden = false;
  } catch {
    // Kept or not, the page checks; the file to save is offered beside.
  }
}

if ('serviceWorker' in navigator) keep();
return {  };
})();
