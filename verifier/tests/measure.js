#!/usr/bin/env node
// Measures how long a dossier of thirty statements takes to verify, in Node and in Chromium, with the platform's Ed25519 and
// without, and how large page, script and dossier are. Prints the median and the least of
// 20 runs after two that warm up.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { bundleModules } from '../bundle.js';
import { chromiumPath, launch, serve } from './browser.js';
import { TIME, longDossier } from './fixtures.js';
import { measureVerification } from './measure_verification.js';

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const sizes = (name, text) => console.log(`${name}: ${kilobytes(Buffer.byteLength(text))}, ${kilobytes(gzipSync(text, { level: 9 }).length)} compressed`);

const root = new URL('..', import.meta.url).pathname;
sizes('page, all in one file', readFileSync(new URL('../carnet-verify.html', import.meta.url)));
sizes('of that the verifier alone', bundleModules(root, {}, 'src/verify.js'));
const { bytes, policy, vrfKey } = await longDossier();
sizes('dossier of 30 statements', bytes);

const input = { text: Buffer.from(bytes).toString(), policy, vrfKey, time: TIME };
const milliseconds = ({ least, median }) => `${median.toFixed(0)} ms (least ${least.toFixed(0)})`;
const shown = ({ platform, own }) =>
  `${platform ? milliseconds(platform) : 'not possible'} with the platform's Ed25519, ${milliseconds(own)} with our own`;
console.log(`Node ${process.versions.node}: ${shown(await measureVerification(input))}`);
if (chromiumPath()) {
  const [browser, server] = [await launch(), await serve()];
  const page = await browser.newPage();
  await page.goto(server.url);
  const measured = await page.evaluate(async (given) => {
    const { measureVerification: measure } = await import('/verifier/tests/measure_verification.js');
    return measure(given);
  }, input);
  console.log(`Chromium ${browser.version()}: ${shown(measured)}`);
  await browser.close();
  await server.close();
}
