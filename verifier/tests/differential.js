#!/usr/bin/env node
// Changes dossiers of the kit at random, and makes dossiers whose statements are properly signed and oddly written, and asks
// this verifier and the reference implementation for their verdicts, which must be the same: sound, absent, too old, or
// refused at the same step and item.
//
//   node differential.js CARNET [SECONDS] [SEED]
//
// CARNET is the program to compare with. What they disagree on is written to a file and named; the exit code is then 1.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromBase64Url, toBase64Url, toUtf8 } from '../src/bytes.js';
import { Refusal, readTrust, verifyDossier } from '../src/verify.js';
import { makeDossier } from './dossier_maker.js';

const KIT = new URL('../../spec/vectors/dossier/', import.meta.url);
const kit = JSON.parse(readFileSync(new URL('kit.json', KIT), 'utf8'));
const usual = kit.trusts.find(({ name }) => name === 'usual');

const [carnet, secondsText = '15', seedText = '1'] = process.argv.slice(2);
if (!carnet) {
  console.error('usage: node differential.js CARNET [SECONDS] [SEED]');
  process.exit(2);
}

/** A generator of numbers from 0 to 2³² − 1 (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const next = numbers(Number(seedText));
const below = (limit) => next() % limit;
const pick = (items) => items[below(items.length)];

/** Changes to the bytes of the file. */
const BYTE_CHANGES = [
  (bytes) => {
    bytes[below(bytes.length)] ^= 1 << below(8);
    return bytes;
  },
  (bytes) => {
    bytes[below(bytes.length)] = below(256);
    return bytes;
  },
  (bytes) => bytes.subarray(0, below(bytes.length)),
  (bytes) => {
    const from = below(bytes.length);
    const to = Math.min(bytes.length, from + 1 + below(40));
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes) => {
    const from = below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + below(60));
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  (bytes) => {
    const at = below(bytes.length);
    const token = pick(['null', '0', '-0', '1e0', '[]', '{}', '""', ',', '"', '\\u0000', '\\ud800', ' ', '\ufeff', '\u2028', '9007199254740992']);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(token), bytes.subarray(at)]);
  },
];

/** Every place in a JSON value, as its container and key. */
function places(value, found = []) {
  if (value === null || typeof value !== 'object') return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

function changeBase64(text) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) return text;
  bytes[below(bytes.length)] ^= 1 << below(8);
  return bytes.toString('base64');
}

function changeText(text) {
  const lines = text.split('\n');
  const at = below(lines.length);
  return pick([
    () => lines.filter((_, line) => line !== at).join('\n'),
    () => [...lines.slice(0, at), lines[at], ...lines.slice(at)].join('\n'),
    () => text.replace(/[A-Za-z0-9+/]{20,}=*/g, (part) => (below(3) === 0 ? changeBase64(part) : part)),
    () => text.slice(0, below(text.length + 1)) + pick(['\n', ' ', '\u0007', '\u00a0', 'x', '\u0085', '— ']) + text.slice(below(text.length + 1)),
    () => text.replace(/\d+/, (digits) => String(Number(digits) + pick([-1, 1, 1000]))),
  ])();
}

/** A change inside a statement: to its header, its claims, its disclosures or its signature. */
function changeStatement(compact) {
  const [jwt, ...rest] = compact.split('~');
  const parts = jwt.split('.');
  const at = below(parts.length + rest.length);
  if (at >= parts.length) {
    return pick([
      () => [jwt, ...rest.filter((_, position) => position !== at - parts.length)].join('~'),
      () => [jwt, rest[0], ...rest].join('~'),
      () => `${compact}x`,
    ])();
  }
  const bytes = fromBase64Url(parts[at]);
  if (!bytes || bytes.length === 0) return compact;
  if (at === 2) bytes[below(bytes.length)] ^= 1 << below(8);
  const text = new TextDecoder().decode(bytes);
  const edit = pick([
    (json) => json.replace('{', '{"x":1,'),
    (json) => json.replace(/"([a-z_]+)":/, '"$1":1,"$1":'),
    (json) => json.replace(/\d+/, '1e400'),
    (json) => json.replace(/[A-Z]/, 'a'),
    (json) => json.replace(/"_sd":\[/, '"_sd":["'),
    (json) => json.replace(/T\d\d:/, pick(['T24:', 'T23:', 't10:'])),
    (json) => `${json} `,
  ]);
  parts[at] = at === 2 ? toBase64Url(bytes) : toBase64Url(toUtf8(edit(text)));
  return [parts.join('.'), ...rest].join('~');
}

const VALUES = [null, 0, 1, -1, 1.5, 2 ** 53, '', 'x', [], {}, true];

/** Changes to the parts of the dossier. */
function changeJson(bytes, others) {
  const dossier = JSON.parse(bytes);
  for (let changes = 1 + below(2); changes > 0; changes -= 1) {
    const [container, key] = pick(places(dossier));
    const value = container[key];
    pick([
      () => {
        container[key] = pick(VALUES);
      },
      () => {
        if (Array.isArray(container)) container.splice(Number(key), 1);
        else delete container[key];
      },
      () => {
        if (Array.isArray(container)) container.splice(below(container.length + 1), 0, structuredClone(value));
        else container[pick(['statements', 'vehicle', 'x', 'chain', 'erased'])] = value;
      },
      () => {
        const [from, name] = pick(places(pick(others)));
        container[key] = structuredClone(from[name]);
      },
      () => {
        if (typeof value === 'number') container[key] = value + pick([-1, 1, 2]);
        else if (typeof value === 'string') container[key] = edited(key, value);
        else if (Array.isArray(value) && value.length > 1) value.reverse();
      },
    ])();
  }
  return Buffer.from(JSON.stringify(dossier));
}

function edited(key, value) {
  if (key === 'statement') return changeStatement(value);
  if (key === 'checkpoint' || value.includes('\n')) return changeText(value);
  return changeBase64(value);
}

/** A change inside one of the strings that say most. */
function changeDeep(bytes) {
  const dossier = JSON.parse(bytes);
  const strings = places(dossier).filter(([container, key]) => typeof container[key] === 'string');
  const chosen = strings.filter(([, key]) => key === 'statement' || key === 'checkpoint' || key === 'entry' || key === 'trie_proof');
  const [container, key] = pick(chosen.length > 0 ? chosen : strings);
  container[key] = edited(key, container[key]);
  return Buffer.from(JSON.stringify(dossier));
}

function changed(bytes, parsed) {
  const kind = below(4);
  if (kind === 0) return pick(BYTE_CHANGES)(Buffer.from(bytes));
  try {
    return kind === 1 ? changeDeep(bytes) : changeJson(bytes, parsed);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return pick(BYTE_CHANGES)(Buffer.from(bytes));
  }
}

const VEHICLE = 'vin:KMHJ381ABMU123456';
const ISSUERS = ['https://issuer.example', ' x', 'x\u0085', '\ufeffx', 'x\u00a0', 'é'.repeat(127), 'a'.repeat(255), 'x\u2028', '\u200bx', 'x y'];
const TIMES = [
  '2024-05-17T10:20:00+09:00[Asia/Seoul]', '2024-02-29T00:00:00Z', '2023-02-29T00:00:00Z', '2024-05-17T10:20:60Z',
  '9999-12-30T22:00:00Z', '9999-12-30T22:00:00.999999999Z', '9999-12-30T22:00:01Z', '9999-12-31T23:59:59+23:59',
  '0000-01-01T00:00:00Z', '0000-01-01T00:00:00+23:59', '0001-01-01T00:00:00-23:59', '2024-05-17T10:20:00-00:00',
  '2024-05-17T10:20:00.1Z', '2024-05-17T10:20:00.Z', '2024-05-17T10:20:00.1234567890Z', '2024-05-17T24:00:00Z',
  '2024-05-17T10:20:00+24:00', '2024-05-17T10:20:00+23:60', '2024-05-17T10:20:00Z[A]', '2024-05-17T10:20:00Z[]',
  '2024-05-17T10:20:00Z[Etc/GMT+9]', '2024-05-17T10:20:00Z[9a]', '2024-05-17 10:20:00Z', '2024-5-17T10:20:00Z', '2024-05-17T10:20:00',
];
const NUMBERS = ['0', '-0', '1', '1.0', '1e0', '253402300799', '253402300800', '18446744073709551616', '-1', '1e400', '01', 'null', '""'];
const KINDS = ['document', 'd', 'D', 'a'.repeat(32), 'a'.repeat(33), 'a b', '_a', 'a_1-2', ''];
const PLACES = ['KRPUS', 'KRP1S', 'KRP0S', 'KRP29', 'krpus', 'KRPU', 'KR PUS', '', 'KRPUSX', 'ÄRPUS'];

function nested(levels) {
  if (levels === 0) return 1;
  const inner = nested(levels - 1);
  return pick([[inner], { a: inner }]);
}

const digestOf = (value) => toBase64Url(createHash('sha256').update(value).digest());

const BODIES = [
  () => ({}),
  () => ({ a: nested(29 + below(5)) }),
  () => nested(3),
  () => ({ _sd: [digestOf('a'), digestOf('b')] }),
  () => ({ _sd: [digestOf('a'), digestOf('a')] }),
  () => ({ _sd: [digestOf('a')], b: { _sd: [digestOf('a')] } }),
  () => ({ _sd: pick(['x', ['x'], [1], null, [], {}, [`${digestOf('a').slice(0, -1)}B`]]) }),
  () => ({ list: [{ '...': digestOf('a') }, 1, { '...': pick([digestOf('a'), digestOf('b'), 1, 'x']) }] }),
  () => ({ list: [{ '...': digestOf('a'), x: 1 }] }),
  () => ({ '...': digestOf('a') }),
  () => ({ _sd_alg: 'sha-256' }),
  () => ({ b: { [pick(['...', '_sd_alg', '__proto__', 'constructor', ''])]: 1 } }),
  () => ({ price: 1, text: '\u0000\ud83d\ude00' }),
];

const RESPELLINGS = [
  (json) => json,
  (json) => json.replace('"iat":', `"iat":${pick(NUMBERS)},"x":`).replace(/,"x":\d+/, ''),
  (json) => json.replace('"confidence":"B"', `"confidence":${pick(['"A"', '"D"', '"E"', '"b"', '1', '""'])}`),
  (json) => json.replace('"iss":', '"iss":"x","iss":'),
  (json) => json.replace('{', '{"body":{},'),
  (json) => json.replace('{', `{"_sd_alg":${pick(['"sha-256"', '"sha-512"', 'null', '1'])},`),
  (json) => json.replace('{', pick(['{"_sd":[],', '{"...":1,', '{"nbf":1,', '{"evidence":[],', '{"supersedes":"00",', '{"cnf":{},'])),
  (json) => json.replace(/"iss"/, '"\\u0069ss"'),
  (json) => json.replaceAll(',', pick([' ,\n', ',\t', ',\r', ',\u00a0', ', '])),
  (json) => pick([`${json} `, `\ufeff${json}`, `${json}x`, json.slice(0, -1), `[${json}]`]),
  (json) => json.replace('"typ":"odometer.read"', `"typ":"${pick(['sale.sold', 'odometer.read', 'odometer.reading', 'record.corrected', 'recall.opened'])}"`),
  (json) => json.replace(VEHICLE, pick(['vin:KMHJ381ABMU123457', 'vin:kmhj381abmu123456', 'frame:ZVW30-1234567', 'KMHJ381ABMU123456'])),
];

/** A dossier that its log, witness and issuer have signed, with one statement in which something may be odd. */
async function madeOddly() {
  const optional = {};
  if (below(4) === 0) optional.place = pick(PLACES);
  if (below(4) === 0) optional.recorded_at = pick(TIMES);
  if (below(4) === 0) optional.evidence = [{ sha256: pick(['c1'.repeat(32), 'C1'.repeat(32)]), kind: pick(KINDS), ...pick([{}, { page: pick([0, 1, 4294967295, 4294967296, 1.5]) }, { x: 1 }]) }];
  if (below(6) === 0) optional.supersedes = pick(['c1'.repeat(32), 'C1'.repeat(32), 'c1']);
  const body = below(2) === 0 ? {} : pick(BODIES)();
  const hasFields = body !== null && typeof body === 'object' && !Array.isArray(body) && !('_sd' in body);
  const personal = hasFields && below(3) === 0 ? { [pick(['price', '_sd', 'plate', '...'])]: pick([1, nested(below(34)), { _sd: [digestOf('z')] }]) } : {};
  return makeDossier({
    vehicle: VEHICLE,
    time: cases[0].now - 60,
    roles: [pick(['dealer', 'insurer'])],
    issuer: pick(below(3) === 0 ? ISSUERS : ISSUERS.slice(0, 1)),
    statements: [{ typ: 'odometer.read', event_time: pick(below(2) === 0 ? TIMES : TIMES.slice(0, 1)), body, personal, disclose: below(2) === 0, respell: below(2) === 0 ? RESPELLINGS[0] : pick(RESPELLINGS), ...optional }],
  });
}

async function ourVerdict(bytes, trust, { asked, now }) {
  try {
    const { statements, erased } = await verifyDossier(new Uint8Array(bytes), trust, asked, now);
    return statements.length + erased.length === 0 ? 'absent' : 'verified';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.stale ? 'stale' : `refused at step ${error.step} ${error.item}`.trim();
  }
}

function theirVerdict(path, { policyPath, vrfKey }, { asked, now, max_age: maxAge }) {
  const options = ['--json', 'verify', path, '--policy', policyPath, '--vrf-key', vrfKey];
  options.push('--max-age', `${maxAge}s`, '--now', new Date(now * 1000).toISOString().replace('.000', ''));
  if (asked) options.push('--vehicle', asked);
  return new Promise((resolve, reject) => {
    const child = spawn(carnet, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (complaint += data));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve('verified');
      else if (code === 3) resolve('absent');
      else if (code === 5) resolve('stale');
      else if (code === 4) {
        const { step, item } = JSON.parse(output);
        resolve(`refused at step ${step} ${item}`.trim());
      } else resolve(`exit code ${code}: ${complaint.trim()}`);
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'carnet-differential-'));

/** What both are given to trust, in the form that each takes. */
async function trustIn(name, policy, vrfKey) {
  const policyPath = join(folder, `${name}.txt`);
  writeFileSync(policyPath, policy);
  return { trust: await readTrust(toUtf8(policy), vrfKey, kit.cases[0].max_age), policyPath, vrfKey };
}

const kitTrust = await trustIn('kit', usual.policy, usual.vrf_key);
const cases = kit.cases
  .filter((testCase) => testCase.trust === 'usual')
  .map((testCase) => ({ ...testCase, bytes: readFileSync(new URL(`${testCase.name}.carnet`, KIT)) }));
const sound = cases.filter(({ name }) => name.startsWith('ok_'));
const parsed = sound.map(({ bytes }) => JSON.parse(bytes));

const sample = await madeOddly();
const madeTrust = await trustIn('made', sample.policy, sample.vrfKey);

/** The next dossier to compare: its bytes, whom to trust, and what to ask. */
async function nextCase() {
  if (below(3) === 0) {
    const { bytes } = await madeOddly();
    return { name: 'made', bytes, trusted: madeTrust, question: { ...cases[0], asked: VEHICLE } };
  }
  const question = pick(below(4) === 0 ? cases : sound);
  return { name: question.name, bytes: changed(question.bytes, parsed), trusted: kitTrust, question };
}

const end = Date.now() + Number(secondsText) * 1000;
const verdicts = new Map();
let disagreements = 0;

async function worker(own) {
  for (let count = 0; Date.now() < end; count += 1) {
    const { name, bytes, trusted, question } = await nextCase();
    const path = join(folder, `${own}.carnet`);
    writeFileSync(path, bytes);
    const [ours, theirs] = await Promise.all([ourVerdict(bytes, trusted.trust, question), theirVerdict(path, trusted, question)]);
    const kind = `${name === 'made' ? 'made ' : ''}${ours}`.replace(/ (statement|issuer|erasure).*/, '');
    verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1);
    if (ours === theirs) continue;
    disagreements += 1;
    const kept = join(tmpdir(), `disagreement-${seedText}-${disagreements}.carnet`);
    writeFileSync(kept, bytes);
    console.log(`${kept} (from ${name}, asked ${question.asked})\n  here:  ${ours}\n  there: ${theirs}`);
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, (_, own) => worker(own)));
rmSync(folder, { recursive: true });
const total = [...verdicts.values()].reduce((sum, count) => sum + count, 0);
const summary = [...verdicts].sort().map(([verdict, count]) => `${count} ${verdict}`).join(', ');
console.log(`${total} changed dossiers compared, ${disagreements} disagreements (${summary})`);
process.exitCode = disagreements > 0 ? 1 : 0;
