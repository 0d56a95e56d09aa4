// How long a buyer waits: from the moment a browser sets out for a vehicle's page until it says that it has checked it, by the
// browser's own clock. And a car to measure it with.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { carnetPath } from './service.js';

/** A car of which thirty things are stated. */
export const THIRTY = 'KMHXX00XXXX000030';

/** Thirty visits to a workshop of the demo, twice a year; for `serveDemo`. */
export function thirtyStatements(data) {
  const lines = Array.from({ length: 30 }, (_, at) => {
    const day = `${2010 + Math.floor(at / 2)}-0${(at % 2) * 5 + 2}-11`;
    return JSON.stringify({
      issuer: 'workshop-seoul',
      typ: 'service.performed',
      vid: `vin:${THIRTY}`,
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

/** Runs in the page before its own script: notes when the outcome is there. A frame later would be the screen's time. */
function watch() {
  const noted = new MutationObserver(() => {
    const verdict = document.getElementById('outcome')?.dataset.verdict;
    if (!verdict || verdict === 'unchecked' || verdict === 'checking') return;
    globalThis.outcomeAt = performance.now();
    noted.disconnect();
  });
  noted.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-verdict'] });
}

/** Runs in the page: there is no Ed25519 of the platform's. */
function withoutEd25519() {
  SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('none', 'NotSupportedError'));
}

/**
 * Loads the page so often, after two loads that warm up the service. `kept`: the same window loads it again, with script and
 * stylesheet kept and compiled; otherwise each load has a browser profile of its own. `own`: it checks with the page's code. `network`: as the
 * DevTools protocol throttles it. Times are in milliseconds since the navigation began, `check` without the way to the page.
 */
export async function loads(browser, url, { runs, kept = false, own = false, network = null }) {
  const took = [];
  let context = null;
  let page = null;
  for (let run = -2; run < runs; run += 1) {
    if (!context || !kept) {
      await context?.close();
      context = await browser.newContext({ viewport: { width: 390, height: 844 } });
      await context.addInitScript(watch);
      if (own) await context.addInitScript(withoutEd25519);
      page = await context.newPage();
      if (network) {
        const session = await context.newCDPSession(page);
        await session.send('Network.enable');
        await session.send('Network.emulateNetworkConditions', network);
      }
    }
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForFunction(() => globalThis.outcomeAt !== undefined);
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    const load = await page.evaluate(() => ({
      verdict: document.getElementById('outcome').dataset.verdict,
      checked: globalThis.outcomeAt,
      readable: performance.getEntriesByName('first-contentful-paint')[0].startTime,
      check: Number(document.querySelector('#outcome [data-slot=ms]')?.textContent),
    }));
    if (run >= 0) took.push(load);
  }
  await context.close();
  return took;
}

/** The median, and the least and the most. */
export function spread(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms (${sorted[0].toFixed(0)} to ${sorted.at(-1).toFixed(0)})`;
}
