#!/usr/bin/env node
// Measures the page of a car with thirty statements, as a real service sends it: bytes plain and compressed, how long the check
// takes in Chromium, and when the page can be read and is checked on a slow network. Needs a built carnet.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';

import { launch } from './browser.js';
import { carnetPath, serveDemo } from './service.js';

const CAR = 'KMHXX00XXXX000030';
const RUNS = 20;

/** Thirty visits to a workshop of the demo, twice a year. */
function thirtyStatements(data) {
  const lines = Array.from({ length: 30 }, (_, at) => {
    const day = `${2010 + Math.floor(at / 2)}-0${(at % 2) * 5 + 2}-11`;
    return JSON.stringify({
      issuer: 'workshop-seoul',
      typ: 'service.performed',
      vid: `vin:${CAR}`,
      event_time: `${day}T10:20:00+09:00[Asia/Seoul]`,
      place: 'KRSEL',
      body: {
        reason: 'maintenance',
        jobs: [{ text: 'Engine oil and filter changed' }],
        odometer: { value: 4000 + at * 7000, unit: 'km', instrument_state: 'working', method: 'seen' },
      },
      confidence: 'B',
    });
  });
  const file = join(data, 'thirty.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  for (const command of [['record', file], ['seal']]) {
    const done = spawnSync(carnetPath(), ['--data', data, ...command], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`carnet ${command[0]}: ${`${done.stdout}${done.stderr}`.slice(0, 500)}`);
  }
}

/** The bytes of an answer's body on the wire. */
const bytesOf = (url, headers) =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => (bytes += chunk.length)).on('end', () => resolve(bytes));
    }).on('error', reject);
  });

const spread = (figures) => {
  const sorted = [...figures].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms (least ${sorted[0].toFixed(0)})`;
};

const service = await serveDemo(thirtyStatements);
const browser = await launch();
try {
  const page = `/d/${CAR}?lang=en`;
  const html = await (await fetch(service.url + page, { headers: { accept: 'text/html' } })).text();
  const asset = (stem) => new RegExp(`/assets/${stem}\\.[0-9a-f]+\\.(?:css|js)`).exec(html)[0];
  const verify = await (await fetch(`${service.url}/verify`, { headers: { accept: 'text/html' } })).text();
  for (const [name, path] of [
    ['page of 30 statements, its dossier in it', page],
    ['stylesheet', asset('style')],
    ['script of the page', asset('dossier')],
    ['dossier of 30 statements, as a file', `/api/vehicles/${CAR}/dossier`],
    ['first page', '/?lang=en'],
    ['/verify', '/verify?lang=en'],
    ['script of /verify', /\/assets\/verify\.[0-9a-f]+\.js/.exec(verify)[0]],
    ['file to save', '/verify/carnet-verify.html'],
  ]) {
    const plain = await bytesOf(service.url + path, { accept: 'text/html' });
    const packed = await bytesOf(service.url + path, { accept: 'text/html', 'accept-encoding': 'gzip' });
    console.log(`${name}: ${plain} bytes, ${packed} in gzip`);
  }

  const checked = () => ['verified', 'refused'].includes(document.getElementById('outcome')?.dataset.verdict);
  for (const [name, own] of [['the platform', false], ['our own code', true]]) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    if (own) {
      await context.addInitScript(() => {
        SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('none', 'NotSupportedError'));
      });
    }
    const window = await context.newPage();
    const took = [];
    for (let run = 0; run < RUNS + 2; run += 1) {
      await window.goto(service.url + page);
      await window.waitForFunction(checked);
      const said = await window.locator('#outcome [data-slot=ms]').textContent();
      if (run >= 2) took.push(Number(said));
    }
    console.log(`check with Ed25519 of ${name}, Chromium ${browser.version()}: ${spread(took)}`);
    await context.close();
  }

  const slow = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
  const [readable, verified] = [[], []];
  for (let run = 0; run < 5; run += 1) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const window = await context.newPage();
    const session = await context.newCDPSession(window);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow);
    await window.goto(service.url + page, { waitUntil: 'commit' });
    await window.waitForFunction(checked);
    const [painted, now] = await window.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.now()]);
    readable.push(painted);
    verified.push(now);
    await context.close();
  }
  console.log(`at 400 kbit/s and 400 ms: can be read after ${spread(readable)}, checked after ${spread(verified)}`);
} finally {
  await browser.close();
  await service.close();
}
