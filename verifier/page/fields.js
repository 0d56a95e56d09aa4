// The fields of a statement's body as a list of names and values, labelled by the vocabulary.

import { JsonNumber } from '../src/json.js';
import { TYPES } from '../src/vocabulary.js';
import { h } from './dom.js';
import { code, foreign } from './foreign_text.js';
import { calendarDay, hasMessage, language, money, number, say } from './language.js';

const MAX_FIELDS = 200;
const MAX_LEVELS = 6;

/** The label of the field `name` at `path` in a type. The vocabulary has labels in Korean and English; other languages show the English one. */
export function fieldLabel(typ, path, name) {
  const labels = TYPES.get(typ).fields[path];
  if (!labels) return code(name, 80);
  return language() === 'ko' ? labels[1] : h('span', { lang: 'en', dir: 'ltr' }, labels[0]);
}

/** A definition list of all fields of a body; `personal` has the paths of disclosed fields. */
export function fieldList(typ, body, personal) {
  const shown = [...body].slice(0, MAX_FIELDS);
  return h(
    'dl',
    null,
    shown.map(([name, value]) =>
      h(
        'div',
        null,
        h('dt', null, fieldLabel(typ, name, name), personal.includes(name) ? [' ', tag('disclosed')] : null),
        h('dd', null, valueNodes(typ, name, value, 0)),
      ),
    ),
    moreItems(body.size - shown.length),
  );
}

const tag = (message) => h('span', { class: 'tag' }, say(message));
const moreItems = (count) => (count > 0 ? h('div', { class: 'cut' }, say('more-items', { count })) : null);

function valueNodes(typ, path, value, level) {
  if (level > MAX_LEVELS) return code('…');
  if (value === null) return code('null');
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (typeof value === 'string') return textValue(path, value);
  if (value instanceof JsonNumber) return h('span', { dir: 'ltr' }, code(value.text), unitOf(typ, path));
  if (Array.isArray(value)) return arrayNodes(typ, path, value, level);
  return objectNodes(typ, path, value, level);
}

/** A text that a field holds: a day or a kind of fuel in the language of the page, anything else as it stands. */
export function textValue(path, text) {
  if (path === 'fuel' && hasMessage(`fuel-${text}`)) return say(`fuel-${text}`);
  if (/^[0-9a-f]{64}$/.test(text)) return code(text);
  return calendarDay(text) ?? foreign(text);
}

function unitOf(typ, path) {
  const unit = TYPES.get(typ).fields[path]?.[2];
  // Longer ones are explanations; a year is a number as it stands.
  return unit && unit.length <= 12 && unit !== 'year' && unit !== '1' ? ` ${unit}` : null;
}

function arrayNodes(typ, path, items, level) {
  const shown = items.slice(0, MAX_FIELDS);
  const plain = items.every((item) => typeof item === 'string' && item.length <= 40);
  const more = moreItems(items.length - shown.length);
  if (plain) return [shown.map((item, at) => [at > 0 ? ', ' : null, foreign(item)]), more];
  return [h('ul', { class: 'plain' }, shown.map((item) => h('li', null, valueNodes(typ, path, item, level + 1)))), more];
}

function objectNodes(typ, path, members, level) {
  const minor = members.get('minor');
  const currency = members.get('currency');
  if (members.size === 2 && minor instanceof JsonNumber && /^[A-Z]{3}$/.test(currency)) {
    return h('bdi', null, money(Number(minor.text), currency));
  }
  const value = members.get('value');
  const unit = members.get('unit');
  const isReading = value instanceof JsonNumber && (unit === 'km' || unit === 'mi');
  const rest = [...members].filter(([name]) => !(isReading && (name === 'value' || name === 'unit'))).slice(0, MAX_FIELDS);
  return [
    isReading ? h('bdi', null, `${number(Number(value.text))} ${unit}`) : null,
    h(
      'ul',
      { class: 'plain inner' },
      rest.map(([name, inner]) =>
        h('li', null, fieldLabel(typ, `${path}.${name}`, name), ': ', valueNodes(typ, `${path}.${name}`, inner, level + 1)),
      ),
    ),
  ];
}
