#!/usr/bin/env node
// Measures the page of a car with thirty statements, as a real service sends it: bytes plain and compressed, how long the check
// takes in Chromium, and when the page can be read and is checked, from navigation on, on this machine and on a slow network.
// Needs a built carnet.

import { get } from 'node:http';

import { launch } from './browser.js';
import { THIRTY as CAR, loads, spread, thirtyStatements } from './navigation.js';
import { serveDemo } from './service.js';

const RUNS = 20;

/** The bytes of an answer's body on the wire. */
const bytesOf = (url, headers) =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => (bytes += chunk.length)).on('end', () => resolve(bytes));
    }).on('error', reject);
  });

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

  const url = service.url + page;
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
} finally {
  await browser.close();
  await service.close();
}
