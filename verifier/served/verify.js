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
 * path without positions in arrays, the unit of its number, or the words of a closed list, or an empty text.
 */
const TYPES = new Map([
  ["identity.manufactured", {"issuers":["maker"],"personal":[],"fields":{"wmi":"","make":"","model":"","plant":"","model_year":"year","spec":"","body_style":"","displacement_cc":"cc","power_kw":"kW","fuel":["gasoline","diesel","lpg","cng","hybrid","plug_in_hybrid","electric","hydrogen","other"],"transmission":["automatic","manual","semi_automatic","cvt","single_speed","other"],"drive":["front","rear","all"],"battery_kwh":"kWh","gross_mass_kg":"kg","colour":"","produced_on":""}}],
  ["identity.decoded", {"issuers":["system"],"personal":[],"fields":{"decoder":"","version":"","result":"","result.make":"","result.model":"","result.model_year":"year","result.body_class":"","result.fuel":["gasoline","diesel","lpg","cng","hybrid","plug_in_hybrid","electric","hydrogen","other"],"result.displacement_cc":"cc","result.plant_country":"","flags":["check_digit_invalid","check_digit_not_applicable","unknown_wmi","model_year_ambiguous","north_american_specification_only"]}}],
  ["identity.vin_observed", {"issuers":["inspector","exporter","safety_authority","inspection_station","preshipment_inspector","customs","yard"],"personal":[],"fields":{"where":["plate","body","glass","label","electronic"],"state":["good","corroded","damaged","different","altered","obliterated"],"mark":"","colour":"","body_style":"","photo":""}}],
  ["identity.vin_restamped", {"issuers":["safety_authority"],"personal":[],"fields":{"old_mark":"","new_mark":"","authority_number":"","reason":""}}],
  ["registration.first", {"issuers":["register"],"personal":["plate","owner","base"],"fields":{"date":"","plate":"","use":["private","rental","lease","business","taxi","government"],"owner":"","owner_kind":["person","company","leasing_company","rental_company","government"],"base":"","model":"","model_year":"year","fuel":["gasoline","diesel","lpg","cng","hybrid","plug_in_hybrid","electric","hydrogen","other"],"displacement_cc":"cc","engine_type":"","colour":"","vehicle_class":""}}],
  ["registration.transferred", {"issuers":["register"],"personal":["from","to","price","plate"],"fields":{"date":"","from":"","to":"","reason":["sale","inheritance","gift","auction","lease_end","court","company_merger"],"price":"","price.minor":"minor units of the ISO 4217 currency","price.currency":"","plate":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["registration.changed", {"issuers":["register"],"personal":["plate","old_plate","base"],"fields":{"date":"","plate":"","old_plate":"","use":["private","rental","lease","business","taxi","government"],"old_use":["private","rental","lease","business","taxi","government"],"base":"","engine_type":"","colour":""}}],
  ["registration.deregistered", {"issuers":["register"],"personal":["plate","owner"],"fields":{"date":"","reason":["export","scrap","theft","loss","other"],"certificate_number":"","plate":"","owner":""}}],
  ["registration.export_reported", {"issuers":["exporter","register"],"personal":[],"fields":{"date":"","result":["carried_out","not_carried_out"],"declaration_number":""}}],
  ["registration.foreign", {"issuers":["foreign_register"],"personal":["document_number","plate"],"fields":{"country":"","region":"","date":"","document_number":"","plate":"","title_state":["clean","branded","salvage","export_only","none"],"brands":["salvage","rebuilt","flood","fire","hail","junk","lemon","theft_recovered","odometer_not_actual","odometer_rolled_over","taxi","rental","police","grey_market"],"use":["private","rental","lease","business","taxi","government"],"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["lien.recorded", {"issuers":["register"],"personal":["holder","amount"],"fields":{"kind":["mortgage","seizure","provisional_seizure","lease","tax_arrears"],"date":"","holder":"","rank":"1 = first","amount":"","amount.minor":"minor units of the ISO 4217 currency","amount.currency":"","reference":""}}],
  ["lien.released", {"issuers":["register"],"personal":["holder","amount"],"fields":{"kind":["mortgage","seizure","provisional_seizure","lease","tax_arrears"],"date":"","holder":"","rank":"1 = first","amount":"","amount.minor":"minor units of the ISO 4217 currency","amount.currency":"","reference":""}}],
  ["odometer.read", {"issuers":["maker","system","register","foreign_register","safety_authority","inspection_station","inspector","preshipment_inspector","workshop","battery_assessor","certification_body","insurer","police","customs","dealer","auction","exporter","yard","carrier","dismantler","dispute_panel","owner"],"personal":[],"fields":{"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"],"context":["service","inspection","sale","advert","custody","charging","insurance","owner","other"],"photo":""}}],
  ["odometer.serviced", {"issuers":["workshop","safety_authority"],"personal":[],"fields":{"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"],"old_value":"km or mi, as `odometer.unit` says","work":["cluster_replaced","repaired","reprogrammed"],"reason":["accident","disaster","defect"],"reason_certificate":"","certified_by":["police","insurer","local_government","safety_authority"]}}],
  ["inspection.periodic", {"issuers":["safety_authority","inspection_station","foreign_register"],"personal":[],"fields":{"kind":["regular","comprehensive","initial","repeat"],"result":["pass","fail","not_known"],"valid_from":"","valid_to":"","defects":"","defects.code":"","defects.severity":["minor","major","dangerous","advisory"],"defects.text":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"],"emissions":"","emissions.co_percent":"% by volume","emissions.hc_ppm":"ppm","emissions.smoke_percent":"% opacity","emissions.nox_ppm":"ppm","emissions.lambda":"1"}}],
  ["inspection.condition", {"issuers":["inspector"],"personal":["plate","inspector_name"],"fields":{"record_number":"","inspected_on":"","model":"","plate":"","model_year":"year","inspection_valid_from":"","inspection_valid_to":"","first_registration":"","vin_as_written":"","vin_state":["good","corroded","damaged","different","altered","obliterated"],"transmission":["automatic","manual","semi_automatic","cvt","other"],"fuel":["gasoline","diesel","lpg","hybrid","electric","hydrogen","other"],"engine_type":"","warranty":["self","insurer"],"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"],"mileage_level":["high","normal","low"],"emissions":"","emissions.co_percent":"% by volume","emissions.hc_ppm":"ppm","emissions.smoke_percent":"% opacity","emissions.nox_ppm":"ppm","emissions.lambda":"1","tuning":["none","legal","illegal"],"tuning_kinds":["structure","device"],"flood":"","fire":"","use_change":["rental","lease","business"],"colour":"","colour_class":["achromatic","chromatic"],"repaint":["none","full","colour_changed"],"options":["sunroof","navigation","other"],"recall_applicable":"","recall_done":"","accident":"","simple_repair":"","panels":"","panels.no":"number on the form","panels.side":["left","right"],"panels.position":["front","rear"],"panels.pillar":["A","B","C"],"panels.rank":["outer_1","outer_2","frame_a","frame_b","frame_c"],"panels.codes":["X","W","C","A","U","T"],"items":"","items.self_diagnosis_engine":["good","bad"],"items.self_diagnosis_transmission":["good","bad"],"items.engine_idle":["good","bad"],"items.engine_oil_leak_rocker_cover":["none","seep","leak"],"items.engine_oil_leak_head_gasket":["none","seep","leak"],"items.engine_oil_leak_block_pan":["none","seep","leak"],"items.engine_oil_level":["adequate","low","excess"],"items.coolant_leak_head_gasket":["none","seep","leak"],"items.coolant_leak_water_pump":["none","seep","leak"],"items.coolant_leak_radiator":["none","seep","leak"],"items.coolant_level":["adequate","low","excess"],"items.common_rail":["good","bad"],"items.automatic_oil_leak":["none","seep","leak"],"items.automatic_oil_level":["adequate","low","excess"],"items.automatic_idle":["good","bad"],"items.manual_oil_leak":["none","seep","leak"],"items.manual_gear_shift":["good","bad"],"items.manual_oil_level":["adequate","low","excess"],"items.manual_idle":["good","bad"],"items.clutch":["good","bad"],"items.cv_joint":["good","bad"],"items.propeller_shaft":["good","bad"],"items.differential":["good","bad"],"items.steering_oil_leak":["none","seep","leak"],"items.steering_pump":["good","bad"],"items.steering_gear":["good","bad"],"items.steering_joint":["good","bad"],"items.steering_hose":["good","bad"],"items.tie_rod_ball_joint":["good","bad"],"items.brake_master_cylinder_leak":["none","seep","leak"],"items.brake_oil_leak":["none","seep","leak"],"items.brake_booster":["good","bad"],"items.alternator":["good","bad"],"items.starter":["good","bad"],"items.wiper_motor":["good","bad"],"items.blower_motor":["good","bad"],"items.radiator_fan_motor":["good","bad"],"items.window_motor":["good","bad"],"items.fuel_leak":["no","yes"],"high_voltage":"","high_voltage.charging_port_insulation":["good","bad"],"high_voltage.traction_battery_isolation":["good","bad"],"high_voltage.high_voltage_wiring":["good","bad"],"needs_repair":["exterior","interior","polish","room_cleaning","wheel","tyre","glass"],"kept_items":["manual","triangle","jack","spanner"],"remarks":"","inspector_name":"","inspector_business":"","import":"","import.raw_sha256":"","import.layout":["open","marketplace","csv"],"import.mapping":"","import.unmapped":""}}],
  ["inspection.preshipment", {"issuers":["preshipment_inspector"],"personal":[],"fields":{"scheme":"","certificate_number":"","result":["pass","fail"],"destination":"","valid_to":"","age_ok":"","radiation_usv_h":"µSv/h","defects":"","defects.code":"","defects.severity":["minor","major","dangerous","advisory"],"defects.text":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["inspection.roadworthiness", {"issuers":["safety_authority","foreign_register"],"personal":[],"fields":{"certificate_number":"","result":["roadworthy","not_roadworthy"],"valid_from":"","valid_to":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["service.performed", {"issuers":["workshop"],"personal":["total"],"fields":{"reason":["maintenance","repair","accident","recall","warranty","preparation"],"jobs":"","jobs.code":"","jobs.text":"","parts":"","parts.number":"","parts.name":"","parts.quantity":"pieces, or litres for fluids","parts.condition":["new","used","remanufactured"],"invoice_sha256":"","total":"","total.minor":"minor units of the ISO 4217 currency","total.currency":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["battery.health", {"issuers":["workshop","battery_assessor","maker"],"personal":[],"fields":{"soh_percent":"% of rated energy","usable_kwh":"kWh","rated_kwh":"kWh","method":["bms_reading","full_discharge","charge_log","partial_charge"],"soc_percent":"%","cell_spread_mv":"mV","battery_temperature_c":"°C","insulation_kohm":"kΩ","throughput_kwh":"kWh","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["recall.opened", {"issuers":["maker","safety_authority"],"personal":[],"fields":{"campaign_number":"","authority":"","opened_on":"","component":"","summary":"","park_outside":""}}],
  ["recall.closed", {"issuers":["maker","safety_authority","workshop"],"personal":[],"fields":{"campaign_number":"","authority":"","fixed_at":"","remedy":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["claim.damage", {"issuers":["insurer"],"personal":["claim_number","cost_parts","cost_labour","cost_paint","paid"],"fields":{"claim_number":"","date":"","side":["own","other"],"areas":["front","rear","left","right","roof","underbody","glass","interior"],"cost_parts":"","cost_parts.minor":"minor units of the ISO 4217 currency","cost_parts.currency":"","cost_labour":"","cost_labour.minor":"minor units of the ISO 4217 currency","cost_labour.currency":"","cost_paint":"","cost_paint.minor":"minor units of the ISO 4217 currency","cost_paint.currency":"","paid":"","paid.minor":"minor units of the ISO 4217 currency","paid.currency":"","status":["settled","undetermined","cash_settlement","denied"]}}],
  ["claim.uninsured", {"issuers":["insurer"],"personal":[],"fields":{"from":"","to":"","report_number":""}}],
  ["claim.total_loss", {"issuers":["insurer"],"personal":["claim_number","paid","vehicle_value","salvage_buyer"],"fields":{"kind":["repair_cost","flood","theft","fire"],"date":"","claim_number":"","paid":"","paid.minor":"minor units of the ISO 4217 currency","paid.currency":"","vehicle_value":"","vehicle_value.minor":"minor units of the ISO 4217 currency","vehicle_value.currency":"","salvage_buyer":""}}],
  ["hazard.fire", {"issuers":["insurer","inspector"],"personal":[],"fields":{"date":"","extent":["partial","total"],"origin":["engine","battery","cabin","external","unknown"],"signs":""}}],
  ["hazard.flood", {"issuers":["insurer","inspector"],"personal":[],"fields":{"date":"","extent":["partial","total"],"water_line":["floor","seat","dashboard","roof","unknown"],"salt_water":"","signs":""}}],
  ["theft.recovered", {"issuers":["police","insurer"],"personal":["police_number"],"fields":{"police_number":"","recovered_on":"","condition":["intact","damaged","stripped","burnt"],"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["theft.reported", {"issuers":["police","insurer"],"personal":["police_number"],"fields":{"police_number":"","stolen_on":"","reported_on":""}}],
  ["modification", {"issuers":["safety_authority"],"personal":[],"fields":{"kind":["body","engine","fuel_system","suspension","exhaust","lighting","seating","battery","other"],"approval_number":"","approval":["approved","not_required","refused"],"text":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["sale.listed", {"issuers":["dealer","auction","exporter"],"personal":["price"],"fields":{"channel":["retail","auction","online","export","private","wholesale"],"price":"","price.minor":"minor units of the ISO 4217 currency","price.currency":"","listing_reference":"","stated_accident_free":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["sale.sold", {"issuers":["dealer","auction","exporter"],"personal":["price","buyer","seller"],"fields":{"channel":["retail","auction","online","export","private","wholesale"],"price":"","price.minor":"minor units of the ISO 4217 currency","price.currency":"","buyer":"","seller":"","stated_accident_free":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["custody.moved", {"issuers":["yard","carrier","dealer","exporter","auction"],"personal":["from","to"],"fields":{"action":["received","stored","handed_over"],"from":"","to":"","site":"","photos":"","seal":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["export.arrived", {"issuers":["carrier","customs","yard"],"personal":["bill_of_lading"],"fields":{"bill_of_lading":"","vessel_imo":"","container":"","port":"","seal_intact":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["export.cleared", {"issuers":["customs"],"personal":["value"],"fields":{"declaration_number":"","date":"","bonded_area":"","destination":"","hs_code":"","value":"","value.minor":"minor units of the ISO 4217 currency","value.currency":"","vin_checked":""}}],
  ["export.loaded", {"issuers":["carrier","customs"],"personal":["bill_of_lading"],"fields":{"bill_of_lading":"","method":["roro","container","truck","rail"],"vessel":"","vessel_imo":"","voyage":"","container":"","seal":"","port":"","port_of_discharge":""}}],
  ["endoflife.scrapped", {"issuers":["dismantler"],"personal":[],"fields":{"certificate_number":"","date":"","depolluted":"","battery_to":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["record.corrected", {"issuers":["maker","system","register","foreign_register","safety_authority","inspection_station","inspector","preshipment_inspector","workshop","battery_assessor","certification_body","insurer","police","customs","dealer","auction","exporter","yard","carrier","dismantler","dispute_panel","owner"],"personal":[],"fields":{"reason":["typing_error","wrong_vehicle","wrong_unit","wrong_date","new_evidence","withdrawn","dispute_upheld"],"explanation":"","corrections":"","corrections.field":"","corrections.was":"that of the field","corrections.now":"that of the field","accepted_by":["issuer","dispute_panel"],"odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["certificate.issued", {"issuers":["certification_body"],"personal":["credential"],"fields":{"certificate":"","credential_sha256":"","redacted_sha256":"","grade":["A","B","C","D","E"],"soh_percent":"% of rated capacity","soh_lower_percent":"% of rated capacity","soh_upper_percent":"% of rated capacity","valid_until":"","odometer_limit_km":"km","credential":"","odometer":"","odometer.value":"km or mi, as `unit` says","odometer.unit":["km","mi"],"odometer.instrument_state":["working","not_working","replaced","unreadable","unknown"],"odometer.method":["seen","photo_ocr","obd","document","reported"]}}],
  ["certificate.reinstated", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":"","credential_sha256":"","reason":""}}],
  ["certificate.suspended", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":"","credential_sha256":"","cause":["high_voltage_fault","recall","pack_swap","damage","other"],"reason":"","statement_sha256":""}}],
  ["certificate.withdrawn", {"issuers":["certification_body"],"personal":[],"fields":{"certificate":"","credential_sha256":"","reason":""}}],
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
/** The messages of the language of the page, which a script before this one has put there. */
const MESSAGES = globalThis.carnetMessages;
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
const languages = () => Object.entries(MESSAGES).map(([id, { language: name }]) => [id, name]);

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

/** The texts and placeables of a message. */
const partsOf = (id) => [MESSAGES[current][id]].flat();

/** A message as nodes; placeables are texts, numbers or nodes, isolated from the sentence around them. */
function say(id, values = {}) {
  return partsOf(id).map((part) => (typeof part === 'string' ? part : h('bdi', null, shown(values[part[0]]))));
}

/** A message as text, for places that hold no elements. */
function sayText(id, values = {}) {
  return partsOf(id)
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

const nameOfCountry = (code) => new Intl.DisplayNames([LOCALES[current]], { type: 'region', fallback: 'none' }).of(code);

/** A place by the name of its country and its code, `South Korea (KRPUS)`. */
function place(locode) {
  const name = nameOfCountry(locode.slice(0, 2));
  return name ? `${name} (${locode})` : locode;
}

/** A country by its name and its ISO 3166-1 code, `Jordan (JO)`; null for a text that is no country's code. */
function country(code) {
  const name = /^[A-Z]{2}$/.test(code) && nameOfCountry(code);
  return name ? `${name} (${code})` : null;
}
return { language, languages, speak, preferredLanguage, say, sayText, hasMessage, number, money, day, calendarDay, moment, place, country };
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
// The fields of a statement's body as a list of names and values, in the words of the vocabulary.

const { JsonNumber } = src_json;
const { TYPES } = src_vocabulary;
const { h } = page_dom;
const { code, foreign } = page_foreign_text;
const { calendarDay, country, hasMessage, money, number, place, say } = page_language;

const MAX_FIELDS = 200;
const MAX_LEVELS = 6;

/** What is said by the first of these messages that there is; null where there is none. */
function firstOf(...ids) {
  const id = ids.find(hasMessage);
  return id ? say(id) : null;
}

/** The label of the field `name` at `path` in a type: the type's own, or the one that types share. */
function fieldLabel(typ, path, name) {
  const known = path in TYPES.get(typ).fields;
  const label = known && firstOf(`field-${typ}-${path}`.replaceAll('.', '-'), `field-${name}`);
  return label || code(name, 80);
}

const nameOf = (path) => path.slice(path.lastIndexOf('.') + 1);

/** The word of a closed list that a field takes its values from; null for other texts. */
function closedWord(typ, path, text) {
  const words = TYPES.get(typ).fields[path];
  if (!Array.isArray(words) || !words.includes(text)) return null;
  const word = text.toLowerCase();
  return firstOf(`value-${nameOf(path)}-${word}`, `value-${word}`);
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
  if (typeof value === 'string') return textValue(typ, path, value);
  if (value instanceof JsonNumber) return [h('span', { dir: 'ltr' }, code(value.text), unitOf(typ, path)), partOf(typ, path, value)];
  if (Array.isArray(value)) return arrayNodes(typ, path, value, level);
  return objectNodes(typ, path, value, level);
}

const COUNTRIES = ['country', 'destination', 'plant_country'];
const PORTS = ['port', 'port_of_discharge'];

/** A text that a field holds: a word of a closed list, a day or a place in the language of the page, anything else as it stands. */
function textValue(typ, path, text) {
  const word = closedWord(typ, path, text);
  if (word) return word;
  if (/^[0-9a-f]{64}$/.test(text)) return code(text);
  const name = nameOf(path);
  const known =
    calendarDay(text) ??
    (COUNTRIES.includes(name) ? country(text) : null) ??
    (PORTS.includes(name) && /^[A-Z]{2}[A-Z2-9]{3}$/.test(text) ? place(text) : null);
  return known ? h('bdi', null, known) : foreign(text);
}

/** What Form 82 calls the part that a panel's number stands for. */
function partOf(typ, path, { text }) {
  const part = typ === 'inspection.condition' && path === 'panels.no' ? firstOf(`part-${text}`) : null;
  return part && [' ', h('bdi', null, part)];
}

function unitOf(typ, path) {
  const stated = TYPES.get(typ).fields[path];
  const unit = String(stated).startsWith('%') ? '%' : stated;
  // Longer ones are explanations; a year is a number as it stands; and of what a share is, its name says.
  return typeof unit === 'string' && unit !== '' && unit.length <= 12 && unit !== 'year' && unit !== '1' ? ` ${unit}` : null;
}

function arrayNodes(typ, path, items, level) {
  if (items.length === 0) return say('value-none');
  const shown = items.slice(0, MAX_FIELDS);
  const plain = items.every((item) => typeof item === 'string' && item.length <= 40);
  const more = moreItems(items.length - shown.length);
  if (plain) return [shown.map((item, at) => [at > 0 ? ', ' : null, textValue(typ, path, item)]), more];
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
// Why a dossier is refused, and at which item, in words for buyers: which message says it.

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

const ITEMS = { statement: 'item-statement', 'issuer key': 'item-key', 'erasure notice': 'item-notice' };

/** The message for the item that failed, as verify.js names it, and the values in it; null for items that need no name. */
function itemMessage(item) {
  const match = /^(statement|issuer key|erasure notice) (\d+) of (\d+)(?:.* at log index (\d+))?/.exec(item);
  if (!match) return null;
  const [, kind, number, count, index] = match;
  return { message: ITEMS[kind], values: { number, count, index } };
}
return { whyMessage, itemMessage };
})();

// page/verdict.js
const page_verdict = (() => {
// The answer, at the top of the page: what is proven, or which step failed at which item.

const { h, svg } = page_dom;
const { code, foreign } = page_foreign_text;
const { moment, say } = page_language;
const { itemMessage, whyMessage } = page_why;

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
  const item = itemMessage(refusal.item);
  const where = say('verdict-refused-where', { step: refusal.step, name: h('span', null, say(`step-${refusal.step}`)) });
  const section = panel(
    'refused',
    'verdict-refused',
    h('p', { class: 'reason' }, say(whyMessage(refusal))),
    h('p', null, where),
    item ? h('p', null, say(item.message, item.values)) : null,
    h('p', null, say('verdict-refused-text')),
    h('details', null, h('summary', null, say('technical')), h('p', { lang: 'en', dir: 'ltr' }, foreign(refusal.message, 600))),
  );
  section.setAttribute('data-step', refusal.step);
  section.setAttribute('data-reason', refusal.reason);
  return section;
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
    return row(say(message), textValue(typ, field, text), ' ', h('span', { class: 'hint' }, say('stated-by', { issuer: issuerName(spoken) })));
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

// It keeps the page in the language in which it is read.
const WORKER = `/verify-offline.js?lang=${document.documentElement.lang}`;

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
