// Step 0: the `.carnet` file (spec/dossier.md, "The file"). Reading checks the form and nothing else.

import { fromBase64, fromUtf8 } from './bytes.js';
import { JsonFault, JsonNumber, parseJson } from './json.js';
import { Refused, demand } from './refusal.js';
import { isVehicleId } from './vehicle_id.js';

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_INCLUSION = 63;
const MAX_ERASURES = 1000;
const MAX_NUMBER = 2n ** 53n - 1n;
/** Deeper than any dossier is, so that a hostile file cannot exhaust the stack. */
const MAX_NESTING = 64;

/** The parts of a dossier, with bytes as bytes and numbers as BigInt. */
export function readDossier(bytes) {
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
