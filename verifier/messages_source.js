// The messages of the page, read from messages/*.ftl and vocabulary/*.ftl: the part of Fluent that is used here, `id = text` lines whose text may
// have placeables `{ $name }`, and comments.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The languages, in the order in which the page offers them. */
export const LANGUAGES = ['en', 'ko', 'ru', 'ar', 'es', 'fr'];

/** The messages of one file by id, each a list of texts and, as `[name]`, placeables. */
export function parseMessages(text, name) {
  const messages = {};
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([a-z][a-z0-9_-]*) = (\S.*)$/.exec(line);
    if (!match) throw new Error(`${name}:${at + 1}: not a comment and not \`id = text\``);
    const [, id, pattern] = match;
    if (id in messages) throw new Error(`${name}:${at + 1}: ${id} is there twice`);
    const parts = pattern.split(/\{ \$([a-z]+) \}/);
    messages[id] = parts.map((part, position) => (position % 2 ? [part] : part)).filter((part) => part !== '');
    const stray = messages[id].find((part) => typeof part === 'string' && /[{}]/.test(part));
    if (stray) throw new Error(`${name}:${at + 1}: not a placeable of the form { $name }`);
  }
  return messages;
}

/** The messages of every language, from all folders together. All languages have the same ids and placeables. */
export function readMessages(...folders) {
  const all = LANGUAGES.map((language) => {
    const name = `${language}.ftl`;
    const texts = folders.map((folder) => readFileSync(join(folder, name), 'utf8'));
    return [language, parseMessages(texts.join('\n'), name)];
  });
  const shape = (messages) =>
    Object.keys(messages)
      .sort()
      .map((id) => `${id}(${messages[id].filter(Array.isArray).flat().sort()})`);
  const expected = shape(all[0][1]);
  for (const [language, messages] of all) {
    const found = shape(messages);
    const odd = expected.find((entry) => !found.includes(entry)) ?? found.find((entry) => !expected.includes(entry));
    if (odd) throw new Error(`${language}.ftl and ${LANGUAGES[0]}.ftl differ in ${odd}`);
  }
  return Object.fromEntries(all);
}

/** A message as scripts carry it: a text, or a list of texts and placeables. */
const carried = (parts) => (parts.length === 1 && typeof parts[0] === 'string' ? parts[0] : parts);

/** The text of page/messages.js: the ids once, and what each language says for them in the same order. */
export function messagesModule(messages) {
  const ids = Object.keys(messages[LANGUAGES[0]]);
  const rows = LANGUAGES.map((language) => `  ${language}: ${JSON.stringify(ids.map((id) => carried(messages[language][id])))},`);
  return `// Made by build.js from messages/*.ftl and vocabulary/*.ftl. Do not edit.

const IDS =
  '${ids.join(' ')}'.split(' ');

const TEXTS = {
${rows.join('\n')}
};

/** Every language's messages by id: texts, or lists of texts and placeables. */
export const MESSAGES = Object.fromEntries(
  Object.entries(TEXTS).map(([language, texts]) => [language, Object.fromEntries(IDS.map((id, at) => [id, texts[at]]))]),
);
`;
}

/** In place of page/messages.js where a service hands out the words beside the script, one language at a time. */
export const BESIDE_MODULE = `/** The messages of the language of the page, which a script before this one has put there. */
export const MESSAGES = globalThis.carnetMessages;
`;

/** The script that puts the words of one language there. */
export function wordsScript(language, own) {
  const messages = Object.fromEntries(Object.entries(own).map(([id, parts]) => [id, carried(parts)]));
  return `globalThis.carnetMessages = ${JSON.stringify({ [language]: messages })};\n`;
}
