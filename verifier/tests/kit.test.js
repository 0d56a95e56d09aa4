// Every file of spec/vectors/dossier is judged as it says: step, item, reason, and what a sound one proves.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { distrustPlatform } from '../src/ed25519.js';
import { judgeKit } from './kit.js';

const KIT = new URL('../../spec/vectors/dossier/', import.meta.url);
const read = async (name) => new Uint8Array(await readFile(new URL(name, KIT)));

function assertAllAsExpected(judged) {
  assert.ok(judged.length >= 217, `the kit has only ${judged.length} cases`);
  for (const { name, expected, answer } of judged) assert.deepEqual(answer, expected, name);
}

test('every dossier of the kit is judged as it must be', async () => {
  assertAllAsExpected(await judgeKit(read));
});

test('and the same where the platform has no Ed25519', async () => {
  distrustPlatform();
  assertAllAsExpected(await judgeKit(read));
});
