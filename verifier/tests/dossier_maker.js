// Makes dossiers that verify, with statements as a test wants them: a small log with its own keys, which are worthless. What
// an honest log would not admit (bodies without regard to the vocabulary) an issuer can still sign, and a page must bear it.

import { createPrivateKey, createPublicKey, sign as signEd25519 } from 'node:crypto';

import { bigEndian, concat, fromLittleEndian, toBase64, toBase64Url, toHex, toUtf8 } from '../src/bytes.js';
import { BASE, NEUTRAL, ORDER, multiplyTwo, toLittleEndian32 } from '../src/edwards.js';
import {
  EMPTY_CHAIN,
  chainValue,
  extendChain,
  keyIdOf,
  keyLabel,
  leafHash,
  nodeHash,
  sha256,
  sha512,
  trieLeafHash,
  trieNodeHash,
} from '../src/hash.js';
import { elementFromUniform, encodeElement } from '../src/ristretto.js';

const ORIGIN = 'maker.example/carnet';
const times = (number, point) => multiplyTwo(number, point, 0n, NEUTRAL);

class Signer {
  constructor(seedByte) {
    const pkcs8 = concat(Buffer.from('302e020100300506032b657004220420', 'hex'), new Uint8Array(32).fill(seedByte));
    this.secret = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.secret).export({ format: 'der', type: 'spki' });
    this.publicKey = new Uint8Array(spki.subarray(-32));
  }

  sign(bytes) {
    return new Uint8Array(signEd25519(null, bytes, this.secret));
  }
}

async function verifierKey(name, type, signer) {
  const keyId = (await sha256(toUtf8(`${name}\n`), Uint8Array.of(type), signer.publicKey)).slice(0, 4);
  const line = (signature) => `— ${name} ${toBase64(concat(keyId, signature))}\n`;
  return { text: `${name}+${toHex(keyId)}+${toBase64(concat(Uint8Array.of(type), signer.publicKey))}`, line };
}

/**
 * A statement in compact form: `claims` as given, with the fields in `personal` taken out of the body as disclosures. What is
 * signed is the JSON that `respell` makes of the payload's.
 */
async function statement(signer, claims, personal, disclose, respell) {
  const body = disclosuresNeedObject(claims.body, personal);
  const disclosures = [];
  for (const [name, value] of Object.entries(personal)) {
    disclosures.push(toBase64Url(toUtf8(JSON.stringify(['a-salt-of-22-characters', name, value]))));
  }
  if (disclosures.length > 0) {
    const digests = await Promise.all(disclosures.map(async (text) => toBase64Url(await sha256(toUtf8(text)))));
    body._sd = digests.sort();
  }
  const header = { alg: 'EdDSA', typ: 'carnet+sd-jwt', kid: toHex(await keyIdOf(signer.publicKey)) };
  const part = (json) => toBase64Url(toUtf8(json));
  const signed = `${part(JSON.stringify(header))}.${part(respell(JSON.stringify({ ...claims, body })))}`;
  const jwt = `${signed}.${toBase64Url(signer.sign(toUtf8(signed)))}`;
  return { jwt, compact: `${jwt}~${disclose ? disclosures.map((text) => `${text}~`).join('') : ''}` };
}

const disclosuresNeedObject = (body, personal) => (Object.keys(personal).length > 0 ? { ...body } : body);

async function proveLabel(input) {
  const secret = 7n ** 70n % ORDER;
  const nonce = 5n ** 90n % ORDER;
  const key = encodeElement(times(secret, BASE));
  const suite = Uint8Array.of(0xff, ...toUtf8('c2sp.org/vrf-r255'));
  const h = elementFromUniform(await sha512(suite, Uint8Array.of(0x82), key, toUtf8(input)));
  const gamma = encodeElement(times(secret, h));
  const commitments = [encodeElement(times(nonce, BASE)), encodeElement(times(nonce, h))];
  const hashed = await sha512(suite, Uint8Array.of(2), key, encodeElement(h), gamma, ...commitments, Uint8Array.of(0));
  const c = hashed.slice(0, 16);
  const s = toLittleEndian32((nonce + fromLittleEndian(c) * secret) % ORDER);
  const output = await sha512(suite, Uint8Array.of(3), gamma, Uint8Array.of(0));
  return { key, proof: concat(gamma, c, s), label: output.slice(0, 32) };
}

/** The root of a trie of two labels, and the proof for each. */
async function trieOfTwo(a, b) {
  const bitOf = (label, bit) => (label[bit >> 3] >> (7 - (bit & 7))) & 1;
  let bit = 0;
  while (bitOf(a.label, bit) === bitOf(b.label, bit)) bit += 1;
  const leaves = await Promise.all([a, b].map(({ label, value }) => trieLeafHash(label, value)));
  const [left, right] = bitOf(a.label, bit) === 0 ? leaves : [...leaves].reverse();
  const proof = (own, sibling) =>
    concat(bigEndian(1, 2), bigEndian(bit, 2), sibling, Uint8Array.of(1), own.label, own.value);
  return { root: await trieNodeHash(bit, left, right), proofs: [proof(a, leaves[1]), proof(b, leaves[0])] };
}

/** Root of the log and the inclusion proof of the leaf at `at` (RFC 6962). */
async function tree(leaves, at) {
  if (leaves.length === 1) return { root: leaves[0], proof: [] };
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = await tree(leaves.slice(0, split), at < split ? at : -1);
  const right = await tree(leaves.slice(split), at >= split ? at - split : -1);
  const proof = at < 0 ? [] : at < split ? [...left.proof, right.root] : [...right.proof, left.root];
  return { root: await nodeHash(left.root, right.root), proof };
}

const text = (value) => concat(Uint8Array.of(toUtf8(value).length), toUtf8(value));

/**
 * A dossier about `vehicle` as bytes, and the policy and VRF key to verify it with. Each of `statements` has `typ`, `body`,
 * optionally `personal` (fields to conceal), `disclose`, `respell` and other claims; `time` is T in POSIX seconds.
 */
export async function makeDossier({ vehicle, statements, time, issuer = 'https://issuer.example', name = 'Issuer', roles }) {
  const [log, witness, signer] = [1, 2, 3].map((seed) => new Signer(seed));
  const { key: vrfKey, proof: vrfProof, label } = await proveLabel(`carnet/id/v1${vehicle}`);
  const keyId = await keyIdOf(signer.publicKey);
  const entry = (kind, ...parts) => concat(toUtf8(`carnet1${kind}`), ...parts);
  const entries = [
    entry('P', bigEndian(1, 2), bigEndian(1, 4), vrfKey),
    entry(
      'K',
      Uint8Array.of(1),
      keyId,
      signer.publicKey,
      Uint8Array.of(roles.length),
      ...roles.map(text),
      text(issuer),
      text(name),
    ),
  ];
  const compacts = [];
  for (const { personal = {}, disclose = true, respell = (json) => json, ...claims } of statements) {
    const whole = { iss: issuer, iat: time, vid: vehicle, event_time: '2024-05-17T10:20:00+09:00', confidence: 'B', ...claims };
    const { jwt, compact } = await statement(signer, whole, personal, disclose, respell);
    entries.push(entry('S', bigEndian(1, 4), label, keyId, await sha256(toUtf8(jwt))));
    compacts.push(compact);
  }
  const leaves = await Promise.all(entries.map((bytes) => leafHash(bytes)));

  let chain = EMPTY_CHAIN;
  for (let at = 2; at < entries.length; at += 1) chain = await extendChain(chain, label, BigInt(at), leaves[at]);
  const issuerLabel = await keyLabel(keyId);
  const issuerChain = await extendChain(EMPTY_CHAIN, issuerLabel, 1n, leaves[1]);
  const trie = await trieOfTwo(
    { label, value: await chainValue(chain) },
    { label: issuerLabel, value: await chainValue(issuerChain) },
  );
  const last = entries.length;
  entries.push(entry('I', bigEndian(last, 8), bigEndian(1, 4), vrfKey, bigEndian(2, 8), trie.root));
  leaves.push(await leafHash(entries[last]));

  const { root } = await tree(leaves, -1);
  const placed = async (at) => ({
    entry: toBase64(entries[at]),
    inclusion: (await tree(leaves, at)).proof.map(toBase64),
  });
  const checkpoint = `${ORIGIN}\n${leaves.length}\n${toBase64(root)}\n`;
  const logKey = await verifierKey(ORIGIN, 1, log);
  const witnessKey = await verifierKey('witness.example', 4, witness);
  const cosigned = witness.sign(toUtf8(`cosignature/v1\ntime ${time}\n${checkpoint}`));
  const note =
    `${checkpoint}\n${logKey.line(log.sign(toUtf8(checkpoint)))}` +
    witnessKey.line(concat(bigEndian(time, 8), cosigned));
  const items = [];
  for (const [position, compact] of compacts.entries()) {
    items.push({ log_index: position + 2, ...(await placed(position + 2)), content: { statement: compact } });
  }
  const dossier = {
    carnet: 'dossier/v1',
    vehicle,
    checkpoint: note,
    index: await placed(last),
    vrf_proof: toBase64(vrfProof),
    trie_proof: toBase64(trie.proofs[0]),
    chain: { count: compacts.length, head: toBase64(chain.head) },
    statements: items,
    issuers: [{ entries: [{ log_index: 1, ...(await placed(1)) }], trie_proof: toBase64(trie.proofs[1]) }],
    erasures: [],
  };
  return {
    bytes: toUtf8(JSON.stringify(dossier, null, 1)),
    policy: `log ${logKey.text}\nwitness w ${witnessKey.text}\nquorum w\n`,
    vrfKey: `${ORIGIN}+vrf-r255+${toBase64(vrfKey)}`,
  };
}
