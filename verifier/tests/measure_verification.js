// The time of a verification, in milliseconds, median and least; runs in Node and in a browser.

import { toUtf8 } from '../src/bytes.js';
import { distrustPlatform, platformIsStrict } from '../src/ed25519.js';
import { readTrust, verifyDossier } from '../src/verify.js';

/** With the platform's Ed25519 (null where it has none that is strict), and with the equation computed here. */
export async function measureVerification({ text, policy, vrfKey, time }) {
  const bytes = toUtf8(text);
  const platform = (await platformIsStrict()) ? await timed(bytes, policy, vrfKey, time) : null;
  distrustPlatform();
  return { platform, own: await timed(bytes, policy, vrfKey, time) };
}

async function timed(bytes, policy, vrfKey, time) {
  const times = [];
  for (let run = 0; run < 22; run += 1) {
    const start = performance.now();
    const report = await verifyDossier(bytes, await readTrust(toUtf8(policy), vrfKey, 86_400), null, time + 60);
    if (report.statements.length !== 30) throw new Error('not the dossier that was to be measured');
    if (run >= 2) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { least: times[0], median: times[10] };
}
