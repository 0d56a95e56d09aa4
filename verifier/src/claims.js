// What a statement says around its body (spec/statement.md, "Claims"), each claim in its one form.

import { fromHex } from './bytes.js';
import { parseEventTime } from './event_time.js';
import { JsonNumber } from './json.js';
import { StatementFault } from './statement_fault.js';
import { isVehicleId } from './vehicle_id.js';
import { TYPES } from './vocabulary.js';

const MAX_ISSUED_AT = 253_402_300_799n;
const MAX_EVIDENCE = 256;
const REQUIRED = ['iss', 'iat', 'typ', 'vid', 'event_time', 'confidence', 'body'];
const OPTIONAL = ['evidence', 'recorded_at', 'place', 'supersedes'];

/** The claims in the opened payload. */
export function readClaims(payload) {
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
