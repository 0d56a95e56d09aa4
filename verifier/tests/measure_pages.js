#!/usr/bin/env node
// Measures pages as a real service sends them. Bytes, plain and compressed, of the page of a car of the sample yard with statements
// of many types; and for a car with thirty statements how long the check takes in Chromium, and when the page can be read and is
// checked, from navigation on, on this machine and on a slow network. `--bytes` leaves the times out. Needs a built carnet.

import { get } from 'node:http';

import { launch } from './browser.js';
import { THIRTY as CAR, loads, spread, thirtyStatements } from './navigation.js';
import { serveDemo } from './service.js';

const RUNS = 20;

/** The flooded Avante of the sample yard: 19 statements of 16 types. */
const MIXED = 'KMHDG41CBFU000007';

/** The bytes of an answer's body on the wire. */
const bytesOf = (url, headers) =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => (bytes += chunk.length)).on('end', () => resolve(bytes));
    }).on('error', reject);
  });

/** The address of a script or style that a page loads. */
async function assetOf(service, page, stem) {
  const html = await (await fetch(service.url + page, { headers: { accept: 'text/html' } })).text();
  return new RegExp(`/assets/${stem}\\.[0-9a-f]+\\.(?:css|js)`).exec(html)[0];
}

async function measureBytes(service) {
  const mixed = `/d/${MIXED}?lang`;
  for (const [name, path] of [
    ['page of the mixed car in English, its dossier in it', `${mixed}=en`],
    ['the same in Korean', `${mixed}=ko`],
    ['the same in Russian', `${mixed}=ru`],
    ['the same in Arabic', `${mixed}=ar`],
    ['stylesheet', await assetOf(service, `${mixed}=en`, 'style')],
    ['script of the page', await assetOf(service, `${mixed}=en`, 'dossier')],
    ['its dossier, as a file', `/api/vehicles/${MIXED}/dossier`],
    ['first page', '/?lang=en'],
    ['/verify', '/verify?lang=en'],
    ['script of /verify', await assetOf(service, '/verify?lang=en', 'verify')],
    ['its words in English', await assetOf(service, '/verify?lang=en', 'words-en')],
    ['its words in Russian', await assetOf(service, '/verify?lang=ru', 'words-ru')],
    ['file to save, six languages', '/verify/carnet-verify.html'],
  ]) {
    const plain = await bytesOf(service.url + path, { accept: 'text/html' });
    const packed = await bytesOf(service.url + path, { accept: 'text/html', 'accept-encoding': 'gzip' });
    console.log(`${name}: ${plain} bytes, ${packed} in gzip`);
  }
}

async function measureTimes(service, browser) {
  const url = `${service.url}/d/${CAR}?lang=en`;
  for (const [name, own] of [['the platform', false], ['our own code', true]]) {
    const took = await loads(browser, url, { runs: RUNS, kept: true, own });
    console.log(`check with Ed25519 of ${name}, Chromium ${browser.version()}: ${spread(took.map(({ check }) => check))}`);
  }
  for (const [name, kept] of [['first visit', false], ['script and style kept', true]]) {
    const took = await loads(browser, url, { runs: RUNS, kept });
    const [readable, checked] = ['readable', 'checked'].map((what) => spread(took.map((load) => load[what])));
    console.log(`from navigation, ${name}: can be read after ${readable}, checked after ${checked}`);
  }
  const network = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
  const slow = await loads(browser, url, { runs: 5, network });
  const [readable, checked] = ['readable', 'checked'].map((what) => spread(slow.map((load) => load[what])));
  console.log(`from navigation at 400 kbit/s and 400 ms: can be read after ${readable}, checked after ${checked}`);
}

const service = await serveDemo(thirtyStatements);
try {
  await measureBytes(service);
  if (!process.argv.includes('--bytes')) {
    const browser = await launch();
    await measureTimes(service, browser).finally(() => browser.close());
  }
} finally {
  await service.close();
}
