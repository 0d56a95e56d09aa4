// The published vectors of the parts: spec/vectors/{tlog,index,statement}.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { fromHex, fromUtf8, toHex, toUtf8 } from '../src/bytes.js';
import { fromDecimal } from '../src/checkpoint.js';
import { leafHash, nodeHash } from '../src/hash.js';
import { JsonNumber } from '../src/json.js';
import { verifyInclusion } from '../src/merkle.js';
import { parseNote, readVerifierKey, verifyNote } from '../src/note.js';
import { evaluatePolicy, parsePolicy } from '../src/policy.js';
import { Refused, demand } from '../src/refusal.js';
import { parseStatement, verifyStatement } from '../src/statement.js';
import { StatementFault } from '../src/statement_fault.js';
import { parseTrieProof, trieAnswer } from '../src/trie.js';
import { readVrfKey, vrfOutput } from '../src/vrf.js';

const VECTORS = new URL('../../spec/vectors/', import.meta.url);
const bytesOf = (path) => new Uint8Array(readFileSync(new URL(path, VECTORS)));
const jsonOf = (path) => JSON.parse(readFileSync(new URL(path, VECTORS), 'utf8'));
const hex = (text) => new Uint8Array(Buffer.from(text, 'hex'));

function namesIn(folder, extension) {
  const names = readdirSync(new URL(folder, VECTORS)).filter((name) => name.endsWith(extension));
  assert.ok(names.length > 0, `no ${extension} in ${folder}`);
  return names;
}

const refused = (promise) => assert.rejects(promise, Refused);

test('signed notes', async () => {
  const lines = fromUtf8(bytesOf('tlog/note/known.vkeys')).trim().split('\n');
  const known = await Promise.all(lines.map(readVerifierKey));
  for (const name of namesIn('tlog/note/', '.note')) {
    const bytes = bytesOf(`tlog/note/${name}`);
    if (name.startsWith('malformed_')) {
      assert.throws(() => parseNote(bytes), Refused, name);
      continue;
    }
    const verdict = verifyNote(parseNote(bytes), known);
    if (name.startsWith('ok_')) assert.ok((await verdict).length > 0, name);
    else await assert.rejects(verdict, Refused, name);
  }
});

test('policies', async () => {
  for (const name of namesIn('tlog/policy/', '.policy')) {
    const policy = parsePolicy(bytesOf(`tlog/policy/${name}`));
    if (name.startsWith('ok_')) await policy;
    else await assert.rejects(policy, Refused, name);
  }
});

/** c2sp.org/tlog-proof, from the same parts that a dossier is verified with. */
async function asOfTlogProof(bytes, policy, entry) {
  const text = fromUtf8(bytes);
  const end = text.indexOf('\n\n');
  demand(end >= 0, 'proof', 'no empty line');
  const [header, ...lines] = text.slice(0, end).split('\n');
  demand(header === 'c2sp.org/tlog-proof@v1', 'proof', 'another header');
  if (lines[0]?.startsWith('extra ')) demand(isBase64(lines.shift().slice(6)), 'proof', 'extra is not base64');
  const index = fromDecimal(/^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '');
  demand(index !== null && lines.length <= 64, 'proof', 'no index, or too many hashes');
  const hashes = lines.map((line) => Buffer.from(line, 'base64'));
  demand(
    hashes.every((hash, at) => hash.length === 32 && hash.toString('base64') === lines[at]),
    'proof',
    'a line that is not a hash',
  );
  const { checkpoint, asOf } = await evaluatePolicy(policy, parseNote(toUtf8(text.slice(end + 2))));
  await verifyInclusion(index, checkpoint.size, await leafHash(entry), hashes, checkpoint.root);
  return asOf;
}

const isBase64 = (text) => Buffer.from(text, 'base64').toString('base64') === text;

test('proofs of inclusion under a policy, and as of when', async () => {
  const policy = await parsePolicy(bytesOf('tlog/proof/trust.policy'));
  const entry = bytesOf('tlog/proof/entry.bin');
  for (const name of namesIn('tlog/proof/', '.tlog-proof')) {
    const asOf = asOfTlogProof(bytesOf(`tlog/proof/${name}`), policy, entry);
    if (!name.startsWith('ok_')) {
      await assert.rejects(asOf, Refused, name);
      continue;
    }
    assert.equal(await asOf, BigInt(/_as_of_(\d+)\./.exec(name)[1]), name);
  }
});

test('inclusion in trees of every size up to eight', async () => {
  const { leaves, leaf_hashes: leafHashes, roots, inclusion } = jsonOf('tlog/rfc6962.json');
  for (const [at, leaf] of leaves.entries()) assert.equal(toHex(await leafHash(hex(leaf))), leafHashes[at]);
  assert.ok(inclusion.length >= 36);
  for (const { index, size, proof } of inclusion) {
    const verify = (at, hashes, root) =>
      verifyInclusion(BigInt(at), BigInt(size), hex(leafHashes[index]), hashes, hex(root));
    const hashes = proof.map(hex);
    await verify(index, hashes, roots[size]);
    await refused(verify(index, hashes, roots[size === 1 ? 2 : size - 1]));
    await refused(verify(index, [...hashes, hex(leafHashes[0])], roots[size]));
    await refused(verify(size, hashes, roots[size]));
    if (size > 1) await refused(verify(index, hashes.slice(1), roots[size]));
  }
});

test('a proof that ends below the root of its tree is refused even where its hash is the root', async () => {
  const [leaf, sibling] = await Promise.all([hex('00'), hex('01')].map((entry) => leafHash(entry)));
  const root = await nodeHash(leaf, sibling);
  await verifyInclusion(0n, 2n, leaf, [sibling], root);
  await refused(verifyInclusion(0n, 4n, leaf, [sibling], root));
});

test('proofs of the index', async () => {
  for (const name of namesIn('index/', '.json').filter((file) => file.startsWith('trie_'))) {
    const { root, proofs, refused: wrong } = jsonOf(`index/${name}`);
    for (const { label, value, bytes } of proofs) {
      const answer = await trieAnswer(parseTrieProof(hex(bytes)), hex(root), hex(label));
      assert.equal(answer && toHex(answer), value, `${name} ${label}`);
    }
    for (const { why, label, bytes } of wrong) {
      const answer = (async () => trieAnswer(parseTrieProof(hex(bytes)), hex(root), hex(label)))();
      await assert.rejects(answer, Refused, `${name}: ${why}`);
    }
  }
});

test('labels of vehicles', async () => {
  const { accepted, refused_keys: keys, refused_proofs: proofs } = jsonOf('index/vrf.json');
  for (const { public_key: key, id, input, proof, output, label } of accepted) {
    assert.equal(toHex(toUtf8(`carnet/id/v1${id}`)), input);
    const computed = await vrfOutput(readVrfKey(hex(key)), hex(input), hex(proof));
    assert.equal(toHex(computed), output);
    assert.equal(toHex(computed.slice(0, 32)), label);
  }
  for (const { why, public_key: key } of keys) assert.throws(() => readVrfKey(hex(key)), Refused, why);
  for (const { why, public_key: key, input, proof } of proofs) {
    const output = (async () => vrfOutput(readVrfKey(hex(key)), hex(input), hex(proof)))();
    await assert.rejects(output, Refused, why);
  }
});

/** An opened claim as plain JSON. */
function plain(value) {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function plainClaims(claims) {
  const whole = {
    body: plain(claims.body),
    confidence: claims.confidence,
    event_time: claims.eventTime.text,
    iat: Number(claims.iat),
    iss: claims.iss,
    typ: claims.typ,
    vid: claims.vid,
  };
  if (claims.evidence.length > 0) {
    whole.evidence = claims.evidence.map(({ sha256, kind, page }) => ({
      sha256: toHex(sha256),
      kind,
      ...(page === null ? {} : { page: Number(page) }),
    }));
  }
  if (claims.place) whole.place = claims.place;
  if (claims.recordedAt) whole.recorded_at = claims.recordedAt.text;
  if (claims.supersedes) whole.supersedes = toHex(claims.supersedes);
  return whole;
}

test('statements, each refused for the reason that decides first', async () => {
  for (const name of namesIn('statement/', '.json')) {
    const { sd_jwt: compact, public_key: key, expect, digest, hidden, claims } = jsonOf(`statement/${name}`);
    const verified = (async () => {
      const statement = await parseStatement(compact);
      await verifyStatement(statement, fromHex(key, 32));
      return statement;
    })();
    if (expect !== 'valid') {
      await assert.rejects(verified, (fault) => fault instanceof StatementFault && fault.kind === expect, name);
      continue;
    }
    const statement = await verified;
    assert.equal(toHex(statement.digest), digest, name);
    assert.equal(statement.hidden, hidden, name);
    assert.deepEqual(plainClaims(statement.claims), claims, name);
  }
});
