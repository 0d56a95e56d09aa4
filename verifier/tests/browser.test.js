// The verifier and the page in real Chromium: the kit, what the page shows, what it must not do, and who can use it.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { outputs } from '../build.js';
import { LANGUAGES, parseMessages } from '../messages_source.js';
import { chromiumPath, launch, serve } from './browser.js';
import { TIME, hostileDossier, longDossier } from './fixtures.js';

const KIT = new URL('../../spec/vectors/dossier/', import.meta.url);
const kit = JSON.parse(readFileSync(new URL('kit.json', KIT), 'utf8'));
const usual = kit.trusts.find(({ name }) => name === 'usual');
const KIT_NOW = kit.cases[0].now;
const PAGE = new URL('../carnet-verify.html', import.meta.url);

const kitFile = (name) => fileURLToPath(new URL(`${name}.carnet`, KIT));
const asFile = (name, content) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
const trustFiles = ({ policy, vrfKey }) => [asFile('policy.txt', policy), asFile('vrf.txt', `${vrfKey}\n`)];
const usualTrust = { policy: usual.policy, vrfKey: usual.vrf_key };

const missing = chromiumPath() ? null : 'SKIPPED: no Chromium found (CHROMIUM names one); the page was not tried in a browser';
if (missing) console.log(missing);

describe('in Chromium', { skip: missing ?? false }, () => {
  let browser;
  let folder;
  let axe;

  before(async () => {
    browser = await launch();
    folder = mkdtempSync(join(tmpdir(), 'carnet-verify-'));
    axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** The page in a window of its own, as of `now`, with everything it complains about or asks for in `complaints`. */
  async function open({ now = KIT_NOW, lang = 'en', url = PAGE, width = 1000, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== `${url.href}#lang=${lang}` && request.url() !== url.href) complaints.push(request.url());
    });
    if (options.javaScriptEnabled !== false) await page.clock.setFixedTime(now * 1000);
    await page.goto(`${url.href}#lang=${lang}`);
    return { page, complaints, close: () => context.close() };
  }

  async function check(page, files) {
    await page.setInputFiles('#dossier', files);
    await page.waitForSelector('#verdict');
  }

  const verdictOf = (page) => page.locator('#verdict').evaluate((element) => ({ ...element.dataset }));

  test('the modules judge every file of the kit as they must', async () => {
    const server = await serve();
    const page = await browser.newPage();
    try {
      await page.goto(server.url);
      const judged = await page.evaluate(async () => {
        const { judgeKit } = await import('/verifier/tests/kit.js');
        return judgeKit(async (name) => {
          const response = await fetch(`/spec/vectors/dossier/${name}`);
          return new Uint8Array(await response.arrayBuffer());
        });
      });
      assert.equal(judged.length, kit.cases.length);
      for (const { name, expected, answer } of judged) assert.deepEqual(answer, expected, name);
    } finally {
      await page.close();
      await server.close();
    }
  });

  test('the saved page judges as it must every sound file of the kit and one for each reason, and asks nobody for anything', async () => {
    const { page, complaints, close } = await open();
    await page.selectOption('#max-age', '7');
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    const reasons = new Set();
    const cases = kit.cases.filter(({ trust, expected, step, reason }) => {
      const kind = `${step} ${reason}`;
      if (trust !== 'usual' || (expected === 'refused' && reasons.has(kind))) return false;
      reasons.add(kind);
      return true;
    });
    assert.ok(cases.length > 70, `${cases.length} cases`);
    for (const { name, asked, expected, step, reason } of cases) {
      // In few calls: a click that waits for the page to stand still takes longer than a verification.
      await page.evaluate((number) => {
        document.querySelector('.buttons button')?.click();
        document.getElementById('vehicle').value = number;
      }, asked ?? '');
      await check(page, kitFile(name));
      const verdict =
        expected !== 'refused'
          ? { verdict: expected }
          : reason === 'stale'
            ? { verdict: 'stale' }
            : { verdict: 'refused', step: String(step), reason };
      assert.deepEqual(await verdictOf(page), verdict, name);
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a sound dossier shows the car, the chart, the timeline, who spoke and what was checked', async () => {
    const dossier = await longDossier();
    const { page, complaints, close } = await open({ now: TIME + 60 });
    await page.fill('#vehicle', ' kmhj381abmu 123456');
    await page.setInputFiles('#dossier', trustFiles(dossier));
    await check(page, asFile('car.carnet', dossier.bytes));
    assert.deepEqual(await verdictOf(page), { verdict: 'verified' });
    assert.equal(await page.locator('#verdict-title').textContent(), 'Complete and unaltered');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'verdict-title');
    assert.match(await page.locator('#verdict').textContent(), /23 November 2026 at 08:30 UTC.*This is the number you typed/s);
    assert.equal(await page.locator('.timeline > li').count(), 30);
    assert.equal(await page.locator('.chart circle.mark').count(), 30);
    assert.match(await page.locator('.timeline > li').first().textContent(), /11 Feb 2010.*4,000 km.*South Korea \(KRINC\)/s);
    await page.locator('.timeline summary').first().click();
    assert.match(await page.locator('.timeline .details').first().textContent(), /note.*personal.*note 0/s);
    assert.match(await page.locator('#who').textContent(), /Workshop.*workshop.*30/s);
    assert.match(await page.locator('#checked').textContent(), /maker\.example\/carnet.*given by you/s);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('without the number on the car the page says so, and with another it refuses', async () => {
    const { page, close } = await open();
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    await check(page, kitFile('ok_three_statements'));
    assert.match(await page.locator('.warning').textContent(), /did not type the number/);
    await page.locator('.buttons button').first().click();
    await page.fill('#vehicle', 'KMHJ381ABMU123456');
    await page.locator('#check').click();
    await page.waitForSelector('#verdict');
    assert.deepEqual(await verdictOf(page), { verdict: 'refused', step: '3', reason: 'other_vehicle' });
    await page.locator('.buttons button').first().click();
    await page.fill('#vehicle', 'no number');
    await page.locator('#check').click();
    assert.match(await page.locator('#vehicle-problem').textContent(), /Not a VIN/);
    assert.equal(await page.locator('#verdict').count(), 0);
    await close();
  });

  test('what is superseded, contested, withheld, erased or by a key revoked later is said', async () => {
    const { page, close } = await open();
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    for (const [name, words] of [
      ['ok_corrected', /Superseded by the statement at log index 16.*Corrects an earlier statement/s],
      ['ok_contested_by_dealer', /Contested by somebody else at log index \d+; it stands/],
      ['ok_nothing_disclosed', /Fields withheld: \d/],
      ['ok_erased', /The log erased this content on .*the keeper.*erasure request under PIPA art\. 36/s],
      ['ok_three_statements', /key was revoked later/],
    ]) {
      await check(page, kitFile(name));
      assert.match(await page.locator('.timeline').textContent(), words, name);
      await page.locator('.buttons button').first().click();
    }
    await close();
  });

  test('a dossier that lacks erased contents says so where it says what it proves', async () => {
    const { page, close } = await open();
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    for (const [name, words] of [
      ['ok_erased', /content of 2 of them was erased by the log/],
      ['ok_three_statements', /^(?!.*erased)/s],
    ]) {
      await check(page, kitFile(name));
      assert.match(await page.locator('#verdict').textContent(), words, name);
      await page.locator('.buttons button').first().click();
    }
    await close();
  });

  test('a policy that cannot be used is named, and a missing file asked for', async () => {
    const { page, close } = await open();
    await page.locator('#check').click();
    assert.match(await page.locator('#notice').textContent(), /Choose a dossier/);
    await page.setInputFiles('#dossier', kitFile('ok_three_statements'));
    await page.locator('#check').click();
    assert.match(await page.locator('#notice').textContent(), /policy and a VRF key are needed/);
    await page.fill('#policy', 'log nonsense');
    await page.fill('#vrf-key', usual.vrf_key);
    await page.locator('#check').click();
    await page.locator('#notice .problem').waitFor();
    assert.match(await page.locator('#notice').textContent(), /cannot be used.*policy line 1/s);
    await close();
  });

  test('hostile fields come out as text: no markup, no script, nothing turned around, long ones cut', async () => {
    const dossier = await hostileDossier();
    const { page, complaints, close } = await open({ now: TIME + 60, width: 390 });
    await page.setInputFiles('#dossier', trustFiles(dossier));
    await check(page, asFile('<b>\u202Ecar.carnet', dossier.bytes));
    assert.deepEqual(await verdictOf(page), { verdict: 'verified' });
    for (const summary of await page.locator('.timeline summary').all()) await summary.click();
    // What is unfolded is filled a moment after the click.
    await page.waitForFunction(() => [...document.querySelectorAll('.timeline details')].every(({ children }) => children.length > 1));
    const text = await page.locator('#result').textContent();
    assert.equal(await page.locator('#result').locator('img, script, b, iframe, a').count(), 0);
    for (const [words, there] of [
      [/[\u202a-\u202e\u2066-\u2069\u200b\u0007]/, false],
      [/sold U\+202Eefas yrevU\+202C/, true],
      [/W{300} … \(and 179,700 more characters\)/, true],
      [/\(and 2,800 more\)/, true],
      [/<img src=x onerror=/, true],
    ]) {
      assert.equal(words.test(text), there, String(words));
    }
    assert.match(await page.title(), /^Check a vehicle dossier/);
    await assertNoSidewaysScroll(page);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a file of a megabyte in one string is refused quickly', async () => {
    const { page, close } = await open();
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    await check(page, asFile('big.carnet', JSON.stringify({ carnet: '<'.repeat(1_000_000) })));
    assert.deepEqual(await verdictOf(page), { verdict: 'refused', step: '0', reason: 'file_form' });
    assert.ok((await page.locator('#result').textContent()).length < 3000);
    await close();
  });

  async function assertNoSidewaysScroll(page) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} pixels wide in a window of ${window}`);
  }

  test('every language speaks, Arabic from right to left, and fits a small phone', async () => {
    const dossier = await longDossier();
    const { page, complaints, close } = await open({ now: TIME + 60, lang: 'ar', width: 320 });
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await assertNoSidewaysScroll(page);
    await page.setInputFiles('#dossier', trustFiles(dossier));
    await check(page, asFile('car.carnet', dossier.bytes));
    for (const language of LANGUAGES) {
      await page.selectOption('#language', language);
      const messages = parseMessages(readFileSync(new URL(`../messages/${language}.ftl`, import.meta.url), 'utf8'), language);
      assert.equal(await page.locator('#verdict-title').textContent(), messages['verdict-verified'].join(''));
      assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'ar' ? 'rtl' : 'ltr');
      await page.evaluate(() => [...document.querySelectorAll('.timeline details')].slice(0, 2).forEach((details) => (details.open = true)));
      await assertNoSidewaysScroll(page);
    }
    assert.deepEqual(complaints, []);
    await close();
  });

  test('the language can be changed with the answer in place', async () => {
    const { page, close } = await open();
    await page.setInputFiles('#dossier', trustFiles(usualTrust));
    await check(page, kitFile('signature_changed'));
    await page.selectOption('#language', 'fr');
    assert.match(await page.locator('#verdict').textContent(), /Refusé.*Étape 5 sur 5.*Déclaration \d sur 3/s);
    await close();
  });

  test('axe finds nothing wrong, in any state, light or dark, from left or from right', async () => {
    const dossier = await longDossier();
    const states = [
      async () => {},
      async (page) => {
        await page.setInputFiles('#dossier', trustFiles(dossier));
        await check(page, asFile('car.carnet', dossier.bytes));
      },
      async (page) => {
        await page.evaluate(() => document.querySelector('.buttons button').click());
        await check(page, asFile('bad.carnet', Buffer.from(dossier.bytes).subarray(0, 5000)));
      },
    ];
    for (const [lang, width, colorScheme] of [['en', 1000, 'light'], ['ar', 390, 'dark'], ['ko', 390, 'light']]) {
      const { page, close } = await open({ now: TIME + 60, lang, width, colorScheme, bypassCSP: true });
      await page.evaluate(axe);
      for (const [state, enter] of states.entries()) {
        await enter(page);
        await page.evaluate(() => [...document.querySelectorAll('details')].slice(0, 2).forEach((details) => (details.open = true)));
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
        assert.deepEqual(found, [], `${lang} ${width} ${colorScheme}, state ${state}`);
      }
      await close();
    }
  });

  test('everything can be reached and used with the keyboard', async () => {
    const { page, close } = await open();
    await page.fill('#policy', usual.policy);
    await page.fill('#vrf-key', usual.vrf_key);
    await page.locator('#language').focus();
    const reached = [];
    for (let presses = 0; presses < 9; presses += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement.id));
    }
    const order = ['dossier', 'vehicle', 'policy', 'policy-file', 'vrf-key', 'vrf-key-file', 'max-age', 'check'];
    assert.deepEqual(reached.slice(0, 8), order);
    await page.setInputFiles('#dossier', kitFile('ok_three_statements'));
    await page.waitForSelector('#verdict');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'dossier');
    await close();
  });

  test('on paper the form is gone and the details are open', async () => {
    const dossier = await longDossier();
    const { page, close } = await open({ now: TIME + 60 });
    await page.setInputFiles('#dossier', trustFiles(dossier));
    await check(page, asFile('car.carnet', dossier.bytes));
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.equal(await page.locator('.timeline .details').count(), 30);
    assert.equal(await page.locator('.buttons').isVisible(), false);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('.timeline details[open]').count(), 0);
    await close();
  });

  test("an operator's copy needs the dossier alone, and says whose policy it used", async () => {
    const path = join(folder, 'copy.html');
    writeFileSync(path, outputs(usualTrust)['carnet-verify.html']);
    const { page, complaints, close } = await open({ url: pathToFileURL(path) });
    assert.match(await page.locator('#trust-carried').textContent(), /log\.example\/carnet/);
    await check(page, kitFile('ok_three_statements'));
    assert.deepEqual(await verdictOf(page), { verdict: 'verified' });
    assert.match(await page.locator('#checked').textContent(), /carried by this page/);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a document that somebody holds is compared with those that statements name', async () => {
    const dossier = await hostileDossier();
    const { page, close } = await open({ now: TIME + 60 });
    await page.setInputFiles('#dossier', trustFiles(dossier));
    await check(page, asFile('car.carnet', dossier.bytes));
    await page.setInputFiles('#document', asFile('invoice.pdf', 'not the one'));
    await page.locator('#document-answer bdi').first().waitFor();
    assert.match(await page.locator('#document-answer').textContent(), /^Not among.*invoice\.pdf/);
    await close();
  });

  test('without scripts, or without cryptography, the page says what it needs', async () => {
    const plain = await open({ javaScriptEnabled: false });
    assert.match(await plain.page.locator('main').textContent(), /needs JavaScript.*자바스크립트/s);
    await plain.close();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => Object.defineProperty(globalThis, 'crypto', { value: {} }));
    await page.goto(PAGE.href);
    assert.match(await page.locator('#notice').textContent(), /lacks the cryptography/);
    assert.equal(await page.locator('#form').isVisible(), false);
    await context.close();
  });
});
