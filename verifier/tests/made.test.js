// Dossiers that are made here: the maker and the verifier agree, and hostile content changes nothing about verification.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toUtf8 } from '../src/bytes.js';
import { readTrust, verifyDossier } from '../src/verify.js';
import { TIME, hostileDossier, longDossier } from './fixtures.js';

async function verified({ bytes, policy, vrfKey }) {
  return verifyDossier(bytes, await readTrust(toUtf8(policy), vrfKey, 86_400), null, TIME + 60);
}

test('an ordinary history of thirty statements verifies', async () => {
  const { statements } = await verified(await longDossier());
  assert.equal(statements.length, 30);
  assert.deepEqual(statements[0].disclosed, ['note']);
});

test('hostile content verifies as what it is: text that somebody signed', async () => {
  const { statements } = await verified(await hostileDossier());
  assert.equal(statements.length, 3);
  assert.equal(statements[1].claims.body.get('listing_reference').length, 180_000);
  assert.equal(statements[1].claims.body.get('__proto__x').get('__proto__'), 'y');
  assert.equal(statements[2].hidden, 1);
});
