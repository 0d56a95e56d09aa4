// People with an account in real Chromium, over plain HTTP on this machine: the browser keeps the session, a car is put into the
// yard, a link is made and opened, an operator makes an account; and everybody can read and use these pages.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LANGUAGES } from '../messages_source.js';
import { chromiumPath, launch } from './browser.js';
import { carnetPath, serveDemo } from './service.js';

/** A car of the demo. */
const CAR = 'KNAPH81ABHK000003';
const PASSWORD = 'blue-heron-ferry-41';
const PEOPLE = [
  ['olga', 'operator', 'association', 'The association'],
  ['kim@yard.example', 'exporter', 'yard-incheon', 'Yard Incheon'],
];

const missing = !chromiumPath()
  ? 'SKIPPED: no Chromium found (CHROMIUM names one); the pages of accounts were not tried in a browser'
  : !carnetPath()
    ? 'SKIPPED: no carnet program was built; the pages of accounts were not tried in a browser'
    : null;
if (missing) console.log(missing);

/** Makes the accounts on the log's own machine. */
function makeAccounts(data) {
  const file = join(data, 'password');
  writeFileSync(file, `${PASSWORD}\n`);
  for (const [name, role, organisation, called] of PEOPLE) {
    const account = ['account', 'add', name, '--role', role, '--organisation', organisation, '--organisation-name', called, '--password-file', file];
    const made = spawnSync(carnetPath(), ['--data', data, ...account], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`carnet account add: ${made.stdout}${made.stderr}`);
  }
}

describe('the pages of accounts', { skip: missing ?? false }, () => {
  let browser;
  let service;
  let axe;

  before(async () => {
    browser = await launch();
    service = await serveDemo(makeAccounts);
    axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
  });
  after(async () => {
    await browser?.close();
    await service?.close();
  });

  /** A window in which somebody has logged in through the form, with what it complains about. */
  async function loggedIn(name, { lang = 'en', width = 390, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 844 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${service.url}/login?lang=${lang}`);
    await page.fill('#name', name);
    await page.fill('#password', PASSWORD);
    await page.click('main button[type=submit]');
    await page.waitForURL(`**/yard?lang=${lang}`);
    return { page, context, complaints, close: () => context.close() };
  }

  test('over http on the loopback address the browser keeps the cookie, and a yard can be kept and a car shown', async () => {
    assert.match(service.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const { page, context, complaints, close } = await loggedIn('kim@yard.example');
    const cookies = await context.cookies();
    assert.deepEqual(
      cookies.map(({ name, domain, path, secure, httpOnly, sameSite }) => ({ name, domain, path, secure, httpOnly, sameSite })),
      [{ name: '__Host-carnet', domain: '127.0.0.1', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }],
    );
    assert.equal(await page.evaluate(() => document.cookie), '', 'scripts do not see it');

    await page.fill('#vehicle', CAR.toLowerCase());
    await page.fill('#lot', 'A-7');
    await page.locator('form', { has: page.locator('#vehicle') }).locator('button').click();
    await page.waitForURL('**/yard?lang=en');
    const car = page.locator('section.car', { hasText: CAR }).first();
    assert.match(await car.textContent(), /A-7.*Not confirmed yet/s);

    await car.locator('summary').click();
    await car.locator('form[action^="/yard/link"] button').click();
    const address = await page.locator('.made .code').textContent();
    assert.ok(address.startsWith(`${service.url}/d/share/cnd_`), address);

    // The buyer has the link and no account.
    const buyer = await browser.newContext();
    const shown = await buyer.newPage();
    await shown.goto(`${address}?lang=en`);
    await shown.waitForFunction(() => !['unchecked', 'checking'].includes(document.getElementById('outcome').dataset.verdict));
    assert.equal(await shown.locator('#outcome').getAttribute('data-verdict'), 'verified');
    assert.match(await shown.locator('main').textContent(), /Yard Incheon/);

    await page.goto(`${service.url}/yard?lang=en`);
    await page.locator('form[action^="/yard/withdraw"] button').click();
    await page.waitForURL('**/yard?lang=en');
    assert.equal((await shown.reload()).status(), 410, 'a withdrawn link opens nothing');
    await buyer.close();

    await page.locator('nav.places form button').click();
    await page.waitForURL('**/?lang=en');
    assert.deepEqual(await context.cookies(), []);
    await page.goto(`${service.url}/yard`);
    assert.equal(new URL(page.url()).pathname, '/login');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('an operator makes an account, and a mistake stands beside its field', async () => {
    const { page, complaints, close } = await loggedIn('olga');
    await page.locator('nav.places a', { hasText: 'Accounts' }).click();
    await page.locator('summary', { hasText: 'Add an account' }).click();
    await page.selectOption('#account-of', 'yard-incheon');
    await page.fill('#account-display_name', 'Lee');
    await page.fill('#account-name', 'lee');
    await page.selectOption('#account-role', 'viewer');
    await page.fill('#account-password', 'aaaaaaaaaaaaaaaa');
    await page.locator('form', { has: page.locator('#account-name') }).locator('button').click();
    const field = page.locator('#account-password');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const describedBy = (await field.getAttribute('aria-describedby')).split(' ')[0];
    assert.match(await page.locator(`#${describedBy}`).textContent(), /easy to guess/);
    assert.equal(await page.inputValue('#account-name'), 'lee');
    assert.equal(await field.inputValue(), '');
    await field.fill('green-otter-quay-77');
    await page.locator('form', { has: page.locator('#account-name') }).locator('button').click();
    await page.waitForURL('**/accounts/lee?**');
    assert.match(await page.locator('[role=status]').textContent(), /The account was made/);
    await page.goto(`${service.url}/trail?lang=en`);
    assert.match(await page.locator('table').textContent(), /Account made.*lee as viewer/s);
    // The browser itself reports the answer to the form that was refused, and has advice for forms with passwords.
    assert.deepEqual(complaints.filter((text) => !text.includes('422') && !text.startsWith('[DOM]')), []);
    await close();
  });

  const PAGES = ['/yard', '/accounts', '/accounts/olga', '/accounts/kim%40yard.example', '/me', '/trail', '/issuers'];

  test('every page of an account fits a small phone in every language', async () => {
    const { page, close } = await loggedIn('olga', { width: 320 });
    for (const language of LANGUAGES) {
      for (const path of PAGES) {
        await page.goto(`${service.url}${path}?lang=${language}`);
        await page.evaluate(() => document.querySelectorAll('main details').forEach((details, at) => (details.open = at < 9)));
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(content <= window, `${path} in ${language} is ${content} pixels wide in a window of ${window}`);
      }
    }
    await close();
  });

  test('assistive technology finds nothing wrong on any page of an account, a refused form included', async () => {
    for (const [lang, width, colorScheme] of [['ar', 390, 'light'], ['ko', 1280, 'light'], ['ar', 1280, 'dark'], ['ko', 390, 'dark']]) {
      const { page, close } = await loggedIn('olga', { lang, width, colorScheme, bypassCSP: true });
      const look = async (what) => {
        await page.evaluate(() => document.querySelectorAll('main details').forEach((details, at) => (details.open = at < 9)));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
        assert.deepEqual(found, [], `${what} in ${lang}, ${width} wide, ${colorScheme}`);
      };
      for (const path of PAGES) {
        await page.goto(`${service.url}${path}?lang=${lang}`);
        await look(path);
      }
      await page.goto(`${service.url}/me?lang=${lang}`);
      await page.fill('#token-name', ' ');
      await page.locator('input[value="yard:read"]').check();
      await page.locator('form', { has: page.locator('#token-name') }).locator('button').click();
      await page.locator('#token-name-wrong').waitFor();
      await look('a refused form');
      await page.fill('#token-name', 'stock');
      await page.locator('form', { has: page.locator('#token-name') }).locator('button').click();
      await page.locator('.made').waitFor();
      await look('a token that was made');
      await close();
    }
  });
});
