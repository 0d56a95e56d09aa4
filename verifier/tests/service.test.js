// The pages of the service in real Chromium: a vehicle's page checks itself, /verify works without a network, and everybody can
// read them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LANGUAGES } from '../messages_source.js';
import { toHex } from '../src/bytes.js';
import { readTrust, verifyDossier } from '../src/verify.js';
import { chromiumPath, launch } from './browser.js';
import { TIME, longDossier } from './fixtures.js';
import { THIRTY, loads, spread, thirtyStatements } from './navigation.js';
import { carnetPath, proxy, serveDemo } from './service.js';

const KIT = new URL('../../spec/vectors/dossier/', import.meta.url);
const kit = JSON.parse(readFileSync(new URL('kit.json', KIT), 'utf8'));
const kitBytes = (name) => readFileSync(new URL(`${name}.carnet`, KIT));
const trustOf = ({ trust }) => kit.trusts.find(({ name }) => name === trust);

/** A car of the demo with a finding, one with a certified battery, and one that no log knows. */
const CAR = 'KNAPH81ABHK000003';
const ELECTRIC = 'KMHKN81ABMU000005';
const UNKNOWN = 'KMHXX00XXXX000001';
// One car in four markets: a form that was sent.
const MARKETS =
  '/market?fuel=petrol&cc=1598&engine_kw=90&category=M1&used=true&manufactured=2022-05-10&first_registration=2022-06-01&model_year=2022&steering=left&title=none&importer=person&personal_use=true&price=9000&freight=1200&insurance=60&currency=USD&arrive=2026-03-10&to=AE&to=GE&to=JO&to=RU';

const missing = !chromiumPath()
  ? 'SKIPPED: no Chromium found (CHROMIUM names one); the pages of the service were not tried in a browser'
  : !carnetPath()
    ? 'SKIPPED: no carnet program was built; the pages of the service were not tried in a browser'
    : null;
if (missing) console.log(missing);

/** The page with other data under an id. */
const withData = (html, id, json) =>
  html.replace(new RegExp(`(<script id="${id}" type="application/json">)[^]*?(</script>)`), (_, open, close) => open + json.replaceAll('<', '\\u003c') + close);

const dataOf = (html, id) => JSON.parse(new RegExp(`<script id="${id}" type="application/json">([^]*?)</script>`).exec(html)[1]);

describe('the pages of the service', { skip: missing ?? false }, () => {
  let browser;
  let service;
  let axe;

  before(async () => {
    browser = await launch();
    service = await serveDemo(thirtyStatements);
    axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
  });
  after(async () => {
    await browser?.close();
    await service?.close();
  });

  /** A window on a page, with what it complains about and every address of others that it asks. */
  async function open(path, { width = 1000, now = null, base = service.url, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(base).origin) complaints.push(request.url());
    });
    if (now) await page.clock.setFixedTime(now * 1000);
    await page.goto(base + path);
    return { page, context, complaints, close: () => context.close() };
  }

  /** What a vehicle's page found when it checked itself. */
  async function outcomeOf(page) {
    await page.waitForFunction(() => !['unchecked', 'checking'].includes(document.getElementById('outcome').dataset.verdict));
    return page.locator('#outcome').evaluate(({ dataset: { verdict, step, reason } }) => ({ verdict, ...(step && { step: Number(step), reason }) }));
  }

  const fetchPage = async (path) => (await fetch(service.url + path, { headers: { accept: 'text/html' } })).text();

  async function assertNoSidewaysScroll(page, what) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `${what} is ${content} pixels wide in a window of ${window}`);
  }

  test('a sound dossier checks itself, and the page names the log and the time it took', async () => {
    const { page, complaints, close } = await open(`/d/${CAR}?lang=en`);
    assert.deepEqual(await outcomeOf(page), { verdict: 'verified' });
    assert.match(await page.locator('#outcome').textContent(), /Complete and unaltered.*\(19\).*checked this itself, in \d+ ms.*demo\.carnet\.example/s);
    assert.match(await page.locator('#findings').textContent(), /Odometer turned back/);
    assert.equal(await page.locator('.chart svg.wide circle').count(), 14);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a car that the log does not know is proven to be unknown', async () => {
    const { page, complaints, close } = await open(`/d/${UNKNOWN}`);
    assert.deepEqual(await outcomeOf(page), { verdict: 'absent' });
    assert.deepEqual(complaints, []);
    await close();
  });

  test('an electric car shows its certificates, the newest first, with how they stand', async () => {
    const { page, close } = await open(`/d/${ELECTRIC}?lang=en`);
    const standings = await page.locator('.certificate').evaluateAll((cards) => cards.map((card) => card.dataset.standing));
    assert.deepEqual(standings, ['in_force', 'revoked']);
    assert.match(await page.locator('.certificate').first().textContent(), /CN-2026-000002.*State of health.*% \(between/s);
    await page.locator('.certificate a').first().click();
    await page.waitForURL('**/certificates/CN-2026-000002?lang=en');
    await close();
  });

  const tampered = [
    ['a statement left out', (dossier) => dossier.statements.splice(3, 1), { verdict: 'refused', step: 5, reason: 'count' }],
    ['a signature changed', (dossier) => {
      const { content } = dossier.statements[3];
      const [token, ...disclosures] = content.statement.split('~');
      const last = token.at(-10) === 'A' ? 'B' : 'A';
      content.statement = [token.slice(0, -10) + last + token.slice(-9), ...disclosures].join('~');
    }, { verdict: 'refused', step: 5, reason: 'signature' }],
    ['another car', (dossier) => { dossier.vehicle = `vin:${ELECTRIC}`; }, { verdict: 'refused', step: 3, reason: 'other_vehicle' }],
  ];
  for (const [what, tamper, expected] of tampered) {
    test(`a page whose dossier was tampered with on the way is refused with its step: ${what}`, async () => {
      const between = await proxy(service.url, (html) => {
        const dossier = dataOf(html, 'dossier');
        tamper(dossier);
        return withData(html, 'dossier', JSON.stringify(dossier));
      });
      const { page, close } = await open(`/d/${CAR}?lang=en`, { base: between.url });
      assert.deepEqual(await outcomeOf(page), expected);
      assert.match(await page.locator('#outcome').textContent(), new RegExp(`do not believe.*Step ${expected.step} of 5`, 's'));
      await close();
      await between.close();
    });
  }

  test('a refusal names the statement in the language of the page', async () => {
    const [, changeSignature] = tampered.find(([name]) => name === 'a signature changed');
    const between = await proxy(service.url, (html) => {
      const dossier = dataOf(html, 'dossier');
      changeSignature(dossier);
      return withData(html, 'dossier', JSON.stringify(dossier));
    });
    const { page, close } = await open(`/d/${CAR}?lang=ru`, { base: between.url });
    assert.equal((await outcomeOf(page)).verdict, 'refused');
    assert.match(await page.locator('#outcome').textContent(), /Заявление \d+ из 19, место в журнале \d+/);
    await close();
    await between.close();
  });

  test('what a statement says in closed words is in the language of the page, and so it is on the page that checks files', async () => {
    const dossier = Buffer.from(await (await fetch(`${service.url}/api/vehicles/${ELECTRIC}/dossier`)).arrayBuffer());
    for (const [language, label, value, part] of [['ar', 'نوع الوقود', 'كهرباء', 'باب'], ['ko', '사용연료', '전기', '도어']]) {
      const { page, complaints, close } = await open(`/d/${ELECTRIC}?lang=${language}`);
      const served = await page.locator('#timeline').textContent();
      await page.goto(`${service.url}/verify?lang=${language}`);
      await page.setInputFiles('#dossier', { name: 'car.carnet', mimeType: 'application/octet-stream', buffer: dossier });
      await page.waitForSelector('#verdict');
      await page.evaluate(() => document.querySelectorAll('#timeline details').forEach((details) => (details.open = true)));
      await page.waitForFunction(() => document.querySelectorAll('#timeline details:not(:has(dl))').length === 0);
      const checked = await page.locator('#timeline').textContent();
      for (const text of [served, checked]) {
        for (const said of [label, value, part]) assert.ok(text.includes(said), `${language}: ${said}`);
        assert.doesNotMatch(text, /not_working|instrument_state|outer_1|single_speed/);
      }
      assert.deepEqual(complaints, []);
      await close();
    }
  });

  test('a page that lists other statements than its dossier proves is called out', async () => {
    const between = await proxy(service.url, (html) => html.replace(/<li id="s\d+" data-digest[^]*?<\/li>/, ''));
    const { page, close } = await open(`/d/${CAR}`, { base: between.url });
    assert.deepEqual(await outcomeOf(page), { verdict: 'differs' });
    await close();
    await between.close();
  });

  test('every file of the kit is judged by the script of the vehicle page as it must', async () => {
    const html = (await fetchPage(`/d/${UNKNOWN}`)).replace(/<section id="checked"[^]*?<\/section>/, '');
    const { page, close } = await open('/', { now: kit.cases[0].now });
    let current = '';
    await page.route('**/d/kit', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: current }));
    let judged = 0;
    for (const { name, asked, now, max_age: maxAge, expected, step, reason, ...rest } of kit.cases) {
      const bytes = kitBytes(name);
      const text = bytes.toString('utf8');
      // What is no text can stand in a file only; /verify judges those below.
      if (!Buffer.from(text).equals(bytes) || text.startsWith('\ufeff')) continue;
      const { policy, vrf_key: vrfKey } = trustOf(rest);
      const vehicle = asked ?? JSON.parse(text).vehicle;
      const trust = await readTrust(Buffer.from(policy), vrfKey, maxAge);
      const report = expected === 'refused' ? null : await verifyDossier(bytes, trust, vehicle, now);
      const listed = report ? [...report.statements, ...report.erased].map(({ digest }) => `<i data-digest="${toHex(digest)}"></i>`).join('') : '';
      current = withData(withData(html, 'dossier', text), 'trust', JSON.stringify({ policy, vrfKey, vehicle }))
        .replace(UNKNOWN, vehicle.slice(vehicle.indexOf(':') + 1))
        .replace(/(<p [^>]*id="number"[^>]*>)[^]*?<\/p>/, (_, start) => `${start}${vehicle.slice(vehicle.indexOf(':') + 1)}</p>${listed}`);
      await page.goto(`${service.url}/d/kit`);
      const answer = await outcomeOf(page);
      const must = expected !== 'refused' ? { verdict: expected } : reason === 'stale' ? { verdict: 'stale' } : { verdict: 'refused', step, reason };
      assert.deepEqual(answer, must, name);
      judged += 1;
    }
    assert.equal(judged, kit.cases.length - 2);
    await close();
  });

  test('every file of the kit is judged by /verify as it must', async () => {
    const { page, complaints, close } = await open('/verify?lang=en', { now: kit.cases[0].now });
    await page.locator('#other').click();
    await page.selectOption('#max-age', '7');
    for (const { name, asked, expected, step, reason, ...rest } of kit.cases) {
      const { policy, vrf_key: vrfKey } = trustOf(rest);
      await page.evaluate(
        (given) => {
          document.querySelector('.buttons button')?.click();
          document.getElementById('vehicle').value = given.asked;
          document.getElementById('policy').value = given.policy;
          document.getElementById('vrf-key').value = given.vrfKey;
        },
        { asked: asked ? asked.slice(asked.indexOf(':') + 1) : '', policy, vrfKey },
      );
      await page.setInputFiles('#dossier', { name: `${name}.carnet`, mimeType: 'application/octet-stream', buffer: kitBytes(name) });
      await page.waitForSelector('#verdict');
      const answer = await page.locator('#verdict').evaluate(({ dataset }) => ({ ...dataset }));
      const must =
        expected !== 'refused' ? { verdict: expected } : reason === 'stale' ? { verdict: 'stale' } : { verdict: 'refused', step: String(step), reason };
      assert.deepEqual(answer, must, name);
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test('/verify opens and checks without a network once it was loaded', async () => {
    const dossier = Buffer.from(await (await fetch(`${service.url}/api/vehicles/${CAR}/dossier`)).arrayBuffer());
    const { page, context, close } = await open('/verify?lang=en');
    await page.locator('#offline').waitFor();
    await context.setOffline(true);
    // It is kept in the language in which it was read, whatever is asked for.
    for (const address of ['/verify?lang=en', '/verify?lang=ko', '/verify']) {
      await page.goto(service.url + address);
      assert.equal(await page.locator('#title').textContent(), 'Check a vehicle dossier');
    }
    await page.setInputFiles('#dossier', { name: 'car.carnet', mimeType: 'application/octet-stream', buffer: dossier });
    await page.waitForSelector('#verdict');
    assert.equal(await page.locator('#verdict').getAttribute('data-verdict'), 'verified');
    await assert.rejects(page.goto(`${service.url}/d/${CAR}`), 'there is indeed no network');
    await close();
  });

  test('without scripts the page is a plain report with a notice, and nothing is called checked', async () => {
    const { page, complaints, close } = await open(`/d/${CAR}?lang=en`, { javaScriptEnabled: false, width: 390 });
    const text = await page.locator('main').innerText();
    assert.match(text, /Not yet checked by your browser/);
    assert.match(text, /runs no scripts/);
    assert.match(text, /Odometer turned back/);
    assert.doesNotMatch(text, /Complete and unaltered/);
    assert.equal(await page.locator('.timeline > li').count(), 19);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a browser without Ed25519 checks with our own code, and says so', async () => {
    const { page, context, close } = await open('/');
    await context.addInitScript(() => {
      const importKey = SubtleCrypto.prototype.importKey;
      SubtleCrypto.prototype.importKey = function (...given) {
        if (given[2]?.name === 'Ed25519') return Promise.reject(new DOMException('no such algorithm', 'NotSupportedError'));
        return importKey.apply(this, given);
      };
    });
    await page.goto(`${service.url}/d/${CAR}?lang=en`);
    assert.deepEqual(await outcomeOf(page), { verdict: 'verified' });
    assert.match(await page.locator('#outcome').textContent(), /no Ed25519 of its own/);
    await close();
  });

  test('the policy of the pages stops what is inline', async () => {
    const between = await proxy(service.url, (html) => html.replace('<main', '<script>window.ran = true</script><img src="https://elsewhere.example/x.png"><main'));
    const { page, close } = await open('/', { base: between.url });
    assert.equal(await page.evaluate(() => window.ran), undefined);
    await close();
    await between.close();
  });

  test('the language is changed with the keyboard, and stays on the next page', async () => {
    const { page, close } = await open('/?lang=en');
    await page.locator('details.language summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('details.language a[lang=ar]').click();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await page.fill('#vehicle', ` ${CAR.toLowerCase()} `);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/d/${CAR}?lang=ar`);
    await close();
  });

  test('every page fits a small phone in every language', async () => {
    const { page, close } = await open('/', { width: 320 });
    for (const language of LANGUAGES) {
      for (const path of ['/', '/verify', `/d/${ELECTRIC}`, '/d/nonsense', '/nowhere', '/login', '/certificates', '/issuers', '/market', MARKETS]) {
        await page.goto(`${service.url}${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
        await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
        await assertNoSidewaysScroll(page, `${path} in ${language}`);
      }
    }
    await close();
  });

  test('a page on paper opens what is folded and leaves out what is for the screen', async () => {
    const { page, close } = await open(`/d/${ELECTRIC}?lang=en`);
    await outcomeOf(page);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.equal(await page.locator('main details:not([open])').count(), 0);
    assert.equal(await page.locator('.buttons').first().isVisible(), false);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('main details[open]').count(), 0);
    await close();
  });

  test('assistive technology finds nothing wrong on any page, at phone and desktop width, light and dark', async () => {
    const pages = ['/', '/verify', `/d/${CAR}`, `/d/${ELECTRIC}`, `/d/${UNKNOWN}`, '/d?vehicle=nonsense', '/nowhere', '/login', '/setup', '/certificates', '/certificates/CN-2026-000001', '/issuers', '/market', MARKETS];
    for (const [lang, width, colorScheme] of [['ar', 390, 'light'], ['ko', 1280, 'light'], ['ar', 1280, 'dark'], ['ko', 390, 'dark']]) {
      const { page, close } = await open('/', { width, colorScheme, bypassCSP: true });
      for (const path of pages) {
        await page.goto(`${service.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
        if (await page.locator('#outcome').count()) await outcomeOf(page);
        await page.evaluate(() => document.querySelectorAll('details').forEach((details, at) => (details.open = at < 4)));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
        assert.deepEqual(found, [], `${path} in ${lang}, ${width} wide, ${colorScheme}`);
      }
      await close();
    }
  });

  test('a page of thirty statements, from navigation to checked', async () => {
    const took = await loads(browser, `${service.url}/d/${THIRTY}?lang=en`, { runs: 9 });
    assert.deepEqual([...new Set(took.map(({ verdict }) => verdict))], ['verified']);
    // Beside other tests on a busy machine it is no figure to publish; measure_pages.js makes those.
    console.log(`page of 30 statements, first visit, from navigation to checked: ${spread(took.map(({ checked }) => checked))}`);
  });

  test('a dossier of thirty statements checks itself in Chromium', async () => {
    const { bytes, policy, vrfKey } = await longDossier();
    const text = Buffer.from(bytes).toString();
    const { vehicle } = JSON.parse(text);
    const trust = await readTrust(Buffer.from(policy), vrfKey, 86_400);
    const report = await verifyDossier(new Uint8Array(bytes), trust, vehicle, TIME + 60);
    const html = withData(withData(await fetchPage(`/d/${UNKNOWN}?lang=en`), 'dossier', text), 'trust', JSON.stringify({ policy, vrfKey, vehicle })).replace(
      /(<p [^>]*id="number"[^>]*>)[^]*?<\/p>/,
      (_, start) => `${start}${vehicle.slice(vehicle.indexOf(':') + 1)}</p>${report.statements.map(({ digest }) => `<i data-digest="${toHex(digest)}"></i>`).join('')}`,
    );
    const { page, close } = await open('/', { now: TIME + 60 });
    await page.route('**/d/long', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
    await page.goto(`${service.url}/d/long`);
    assert.deepEqual(await outcomeOf(page), { verdict: 'verified' });
    await close();
  });
});
