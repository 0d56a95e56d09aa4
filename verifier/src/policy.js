// Trust policies (c2sp.org/tlog-policy): which logs are believed, and how many of which witnesses must have cosigned. Names
// are octets; they are held here as text with one character an octet.

import { fromUtf8, sameBytes } from './bytes.js';
import { fromDecimal, parseCheckpoint } from './checkpoint.js';
import { COSIGNATURE, ED25519, readVerifierKey, verifyNote } from './note.js';
import { Refused, demand } from './refusal.js';

/** A policy file. Refuses with reason `policy`, naming the line. */
export async function parsePolicy(bytes) {
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
export const shownName = (word) => new TextDecoder().decode(bytesOf(word));

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
export async function evaluatePolicy(policy, note) {
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
