// The messages of the page, read from messages/*.ftl: the part of Fluent that is used here, `id = text` lines whose text may
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

/** The messages of every language, which all have the same ids and placeables. */
export function readMessages(folder) {
  const all = LANGUAGES.map((language) => {
    const name = `${language}.ftl`;
    return [language, parseMessages(readFileSync(join(folder, name), 'utf8'), name)];
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

/** The text of page/messages.js. */
export function messagesModule(messages) {
  const rows = Object.entries(messages).map(([language, own]) => `  ${language}: ${JSON.stringify(own)},`);
  return `// Made by build.js from messages/*.ftl. Do not edit.

/** Every language's messages by id: lists of texts and placeables. */
export const MESSAGES = {
${rows.join('\n')}
};
`;
}
