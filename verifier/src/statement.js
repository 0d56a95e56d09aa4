// Statements: SD-JWT (RFC 9901) with Ed25519, in the profile of spec/statement.md. Reading follows its section "Reading"
// step by step; whatever RFC 9901 allows and the profile does not is refused.

import { fromBase64Url, fromHex, fromUtf8, sameBytes, toBase64Url, toHex, toUtf8 } from './bytes.js';
import { readClaims } from './claims.js';
import { verifyStrict } from './ed25519.js';
import { keyIdOf, sha256 } from './hash.js';
import { JsonFault, parseJson } from './json.js';
import { StatementFault } from './statement_fault.js';

const MAX_STATEMENT_BYTES = 256 * 1024;
const MAX_DISCLOSURES = 256;
const MIN_SALT_CHARACTERS = 22;
const MAX_DEPTH = 32;

function insist(holds, kind, message) {
  if (!holds) throw new StatementFault(kind, message);
}

/** A well-formed statement. Well-formed is not verified. */
export async function parseStatement(compact) {
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
export async function verifyStatement(statement, publicKey) {
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
