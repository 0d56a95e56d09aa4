// The page is what its sources make, and it can send nothing.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { outputs } from '../build.js';
import { LANGUAGES, parseMessages, readMessages } from '../messages_source.js';
import { ROLES, TYPES } from '../src/vocabulary.js';
import { whyMessage } from '../page/why.js';

const HERE = new URL('../', import.meta.url);
const source = (path) => readFileSync(new URL(path, HERE), 'utf8');

const between = (text, from, to) => text.slice(text.indexOf(from) + from.length, text.indexOf(to, text.indexOf(from)));
const scriptOf = (page) => between(page, '<script type="module">', '</script>');

test('generated files are up to date (node verifier/build.js makes them)', () => {
  for (const [path, made] of Object.entries(outputs())) assert.ok(source(path) === made, `${path} is not up to date`);
});

test('the policy of the page allows its own script and style and no connection', () => {
  const page = source('carnet-verify.html');
  const policy = between(page, 'Content-Security-Policy" content="', '">');
  const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  const style = between(page, '<style>', '</style>');
  assert.equal(
    policy,
    `default-src 'none'; script-src '${hash(scriptOf(page))}'; style-src '${hash(style)}'; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(page, /\s(?:on\w+|style|src|href|action)\s*=\s*["']/);
  assert.doesNotMatch(page, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
});

test("an operator's copy differs in its trust and in nothing else", () => {
  const trust = { policy: 'log </script><b>\nquorum none\n', vrfKey: 'log.example+vrf-r255+x' };
  const page = source('carnet-verify.html');
  const copy = outputs(trust)['carnet-verify.html'];
  assert.equal(scriptOf(copy), scriptOf(page));
  const carried = between(copy, '<script type="application/json" id="trust">', '</script>');
  assert.deepEqual(JSON.parse(carried), trust);
  assert.equal(copy.replace(carried, 'null'), page);
});

test('every type and role has a name in every language, and no message is unused', () => {
  const needed = [...ROLES.map((role) => `role-${role}`), ...[...TYPES.keys()].map((typ) => `type-${typ.replaceAll('.', '-')}`)];
  const sources = ['page.html', 'main.js', 'verdict.js', 'why.js', 'report.js', 'fields.js', 'chart.js', 'foreign_text.js', 'language.js']
    .map((name) => source(`page/${name}`))
    .join('\n');
  const made = /^(type|role|step|confidence|trust-source|verdict-(verified|absent)|checked-with)(-|$)|^(vin|frame)$/;
  for (const language of LANGUAGES) {
    const messages = parseMessages(source(`messages/${language}.ftl`), language);
    for (const id of needed) assert.ok(id in messages, `${language}.ftl lacks ${id}`);
    for (const id of Object.keys(messages)) {
      const used = needed.includes(id) || made.test(id) || id === 'language' || id === 'noscript' || sources.includes(id);
      assert.ok(used, `${language}.ftl: nothing uses ${id}`);
    }
  }
});

test('every field and every word of a closed list has a name in every language', () => {
  const all = readMessages(new URL('messages', HERE).pathname, new URL('vocabulary', HERE).pathname);
  let [fields, words] = [0, 0];
  for (const [typ, { fields: known }] of TYPES) {
    for (const [path, unit] of Object.entries(known)) {
      const name = path.slice(path.lastIndexOf('.') + 1);
      const wanted = [[`field-${typ}-${path}`.replaceAll('.', '-'), `field-${name}`]];
      for (const word of Array.isArray(unit) ? unit : []) {
        wanted.push([`value-${name}-${word.toLowerCase()}`, `value-${word.toLowerCase()}`]);
        words += 1;
      }
      fields += 1;
      for (const language of LANGUAGES) {
        for (const ids of wanted) assert.ok(ids.some((id) => id in all[language]), `${language} lacks ${ids[0]}`);
      }
    }
  }
  assert.ok(fields > 400 && words > 500, `${fields} fields, ${words} words`);
});

test('the words that a service hands out are those of one language, and the script there has none', () => {
  const files = outputs();
  for (const language of LANGUAGES) {
    const words = files[`served/words/${language}.js`];
    const { carnetMessages } = runInNewContext(`${words}\nglobalThis`, {});
    assert.deepEqual(Object.keys(carnetMessages), [language]);
    assert.ok(!files['served/verify.js'].includes(carnetMessages[language].lead));
  }
});

test('a message that is not in the form is refused with its line', () => {
  for (const text of ['a = b\na = c', 'a=b', 'a = { b }', 'A = b', '  a = b', 'a = ']) {
    assert.throws(() => parseMessages(text, 'x.ftl'), /^Error: x\.ftl:\d/, text);
  }
});

test('every reason for a refusal has words for a buyer', () => {
  const kit = JSON.parse(readFileSync(new URL('../spec/vectors/dossier/kit.json', HERE), 'utf8'));
  const cases = kit.cases.filter(({ expected, reason }) => expected === 'refused' && reason !== 'stale');
  assert.ok(cases.length > 150);
  const messages = parseMessages(source('messages/en.ftl'), 'en.ftl');
  for (const { name, step, reason } of cases) assert.ok(whyMessage({ step, reason }) in messages, `${name}: ${reason}`);
});
