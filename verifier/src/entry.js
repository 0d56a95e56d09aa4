// Log entries (spec/log-entries.md). The encoding is canonical: one value has one byte string.

import { fromBigEndian, fromUtf8, sameBytes, toHex, toUtf8 } from './bytes.js';
import { keyIdOf } from './hash.js';
import { demand } from './refusal.js';
import { ROLES } from './vocabulary.js';

const MAGIC = toUtf8('carnet1');
const MAX_ENTRY = 65_535;

/** The entry in these bytes: `kind` is P, S, K or I, and the other members are those of its body. */
export async function decodeEntry(bytes) {
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
