// The dossier test kit (spec/vectors/dossier), judged case by case. Runs in Node and, served over HTTP, in a browser: `read`
// gets a file of the kit as bytes.

import { Refusal, readTrust, verifyDossier } from '../src/verify.js';

/** The cases of the kit, and what this implementation says of each beside what is expected. */
export async function judgeKit(read) {
  const kit = JSON.parse(new TextDecoder().decode(await read('kit.json')));
  const trusts = new Map(kit.trusts.map((trust) => [trust.name, trust]));
  const judged = [];
  for (const testCase of kit.cases) {
    const { policy, vrf_key: vrfKey } = trusts.get(testCase.trust);
    const trust = await readTrust(new TextEncoder().encode(policy), vrfKey, testCase.max_age);
    const bytes = await read(`${testCase.name}.carnet`);
    const answer = await verifyDossier(bytes, trust, testCase.asked, testCase.now).then(describe, describeRefusal);
    judged.push({ name: testCase.name, expected: expectation(testCase), answer });
  }
  return judged;
}

function expectation({ expected, as_of: asOf, statements, erased, step, item, reason }) {
  if (expected === 'refused') return { expected, step, item, reason };
  return { expected, asOf, statements: statements ?? [], erased: erased ?? [] };
}

function describeRefusal(error) {
  if (!(error instanceof Refusal)) throw error;
  return { expected: 'refused', step: error.step, item: error.item, reason: error.reason };
}

const rfc3339 = (seconds) => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');

function describe(report) {
  return {
    expected: report.statements.length + report.erased.length === 0 ? 'absent' : 'verified',
    asOf: rfc3339(report.asOf),
    statements: report.statements.map((item) => ({
      log_index: Number(item.logIndex),
      issuer: item.issuer.issuer,
      typ: item.claims.typ,
      hidden: item.hidden,
      superseded_by: item.supersededBy.map(Number),
      contested_by: item.contestedBy.map(Number),
      key_revoked_at: item.issuer.revokedAt === null ? null : Number(item.issuer.revokedAt.logIndex),
    })),
    erased: report.erased.map((item) => ({
      log_index: Number(item.logIndex),
      issuer: item.issuer.issuer,
      asked_by: item.notice.askedBy,
    })),
  };
}
