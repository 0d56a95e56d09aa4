// The laboratory's pages in real Chromium: people who are logged in, each with what is next for them, and files without a script.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LANGUAGES } from '../messages_source.js';
import { chromiumPath, launch } from './browser.js';
import { carnetPath, serveDemo } from './service.js';

const PASSWORD = 'blue-heron-ferry-41';
const SAMPLES = fileURLToPath(new URL('../../samples/battery/', import.meta.url));

/** Accounts over the demo's log: one acts as the evaluator of its body, one is an exporter. */
function people(data) {
  const file = join(data, '..', 'password');
  writeFileSync(file, PASSWORD);
  const run = (...args) => {
    const { status, stdout, stderr } = spawnSync(carnetPath(), ['--data', data, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  };
  const account = (name, role, organisation, ...more) =>
    run('account', 'add', name, '--role', role, '--organisation', organisation, '--password-file', file, ...more);
  account('kim', 'issuer', 'lab', '--organisation-name', 'The lab', '--organisation-issuer', 'demo-certifier');
  account('ann', 'exporter', 'yard', '--organisation-name', 'Yard Incheon');
  run('certify', 'account', 'kim', '--person', 'kim');
  // Binding took the password.
  run('account', 'password', 'kim', '--password-file', file);
}

const missing = !chromiumPath()
  ? 'SKIPPED: no Chromium found (CHROMIUM names one); the pages of the laboratory were not tried in a browser'
  : !carnetPath()
    ? 'SKIPPED: no carnet program was built; the pages of the laboratory were not tried in a browser'
    : null;
if (missing) console.log(missing);

describe('the pages of the laboratory', { skip: missing ?? false }, () => {
  let browser;
  let service;
  let axe;

  before(async () => {
    browser = await launch();
    service = await serveDemo(people);
    axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
  });
  after(async () => {
    await browser?.close();
    await service?.close();
  });

  /** A window of somebody who has logged in. */
  async function as(name, { width = 1000, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(`${service.url}/login?lang=en`);
    await page.fill('input[name=name]', name);
    await page.fill('input[name=password]', PASSWORD);
    await page.click('main button[type=submit]');
    await page.waitForURL('**/yard**');
    return { page, close: () => context.close() };
  }

  const PAGES = ['/certification', '/certification/C-000001', '/certification/C-000002', '/certification/C-000003'];

  test('assistive technology finds nothing wrong, at phone and desktop width, light and dark', async () => {
    for (const [lang, width, colorScheme] of [['ar', 390, 'light'], ['ko', 1280, 'light'], ['ar', 1280, 'dark'], ['ko', 390, 'dark']]) {
      const { page, close } = await as('kim', { width, colorScheme, bypassCSP: true });
      for (const path of PAGES) {
        await page.goto(`${service.url}${path}?lang=${lang}`);
        await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
        assert.deepEqual(found, [], `${path} in ${lang}, ${width} wide, ${colorScheme}`);
      }
      await close();
    }
  });

  test('every page fits a small phone in every language', async () => {
    const { page, close } = await as('kim', { width: 320 });
    for (const language of LANGUAGES) {
      for (const path of PAGES) {
        await page.goto(`${service.url}${path}?lang=${language}`);
        await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `${path} in ${language} is ${over} px too wide`);
      }
    }
    await close();
  });

  test('without scripts an exporter applies and hands a log in, and the evaluator is asked', async () => {
    const { page, close } = await as('ann', { width: 390, javaScriptEnabled: false });
    await page.goto(`${service.url}/certification?lang=en`);
    await page.click('summary:has-text("Apply for a certificate")');
    for (const [field, value] of Object.entries({
      vehicle: 'KMHKN81ABMU000005', make: 'Hyundai', model: 'Ioniq 5', registered: '2021-06-08', series: '180', rated: '111.2', source: 'sample data sheet',
    }))
      await page.fill(`input[name=${field}]`, value);
    await page.click('button:has-text("Send the application")');
    await page.waitForURL('**/certification/C-**');
    await page.setInputFiles('#telemetry', join(SAMPLES, 'ioniq5-2021.csv'));
    await page.setInputFiles('#battery', join(SAMPLES, 'ioniq5-2021.battery.toml'));
    await page.click('button:has-text("Hand in and assess")');
    await page.waitForURL('**#a-**');
    assert.match(await page.textContent('main'), /95 % interval/);
    const application = new URL(page.url()).pathname;
    await close();
    const kim = await as('kim', { javaScriptEnabled: false });
    await kim.page.goto(`${service.url}${application}?lang=en`);
    await kim.page.fill('#text-application_accepted', 'variant known');
    await kim.page.click('button:has-text("Accept the application")');
    await kim.page.click('button:has-text("Record the evaluation")');
    assert.match(await kim.page.textContent('main'), /Not you: you have no mandate for it/);
    await kim.close();
  });
});
