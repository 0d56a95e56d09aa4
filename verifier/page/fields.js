// The fields of a statement's body as a list of names and values, in the words of the vocabulary.

import { JsonNumber } from '../src/json.js';
import { TYPES } from '../src/vocabulary.js';
import { h } from './dom.js';
import { code, foreign } from './foreign_text.js';
import { calendarDay, country, hasMessage, money, number, place, say } from './language.js';

const MAX_FIELDS = 200;
const MAX_LEVELS = 6;

/** What is said by the first of these messages that there is; null where there is none. */
function firstOf(...ids) {
  const id = ids.find(hasMessage);
  return id ? say(id) : null;
}

/** The label of the field `name` at `path` in a type: the type's own, or the one that types share. */
export function fieldLabel(typ, path, name) {
  const known = path in TYPES.get(typ).fields;
  const label = known && firstOf(`field-${typ}-${path}`.replaceAll('.', '-'), `field-${name}`);
  return label || code(name, 80);
}

const nameOf = (path) => path.slice(path.lastIndexOf('.') + 1);

/** The word of a closed list that a field takes its values from; null for other texts. */
function closedWord(typ, path, text) {
  const words = TYPES.get(typ).fields[path];
  if (!Array.isArray(words) || !words.includes(text)) return null;
  const word = text.toLowerCase();
  return firstOf(`value-${nameOf(path)}-${word}`, `value-${word}`);
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
  if (typeof value === 'string') return textValue(typ, path, value);
  if (value instanceof JsonNumber) return [h('span', { dir: 'ltr' }, code(value.text), unitOf(typ, path)), partOf(typ, path, value)];
  if (Array.isArray(value)) return arrayNodes(typ, path, value, level);
  return objectNodes(typ, path, value, level);
}

const COUNTRIES = ['country', 'destination', 'plant_country'];
const PORTS = ['port', 'port_of_discharge'];

/** A text that a field holds: a word of a closed list, a day or a place in the language of the page, anything else as it stands. */
export function textValue(typ, path, text) {
  const word = closedWord(typ, path, text);
  if (word) return word;
  if (/^[0-9a-f]{64}$/.test(text)) return code(text);
  const name = nameOf(path);
  const known =
    calendarDay(text) ??
    (COUNTRIES.includes(name) ? country(text) : null) ??
    (PORTS.includes(name) && /^[A-Z]{2}[A-Z2-9]{3}$/.test(text) ? place(text) : null);
  return known ? h('bdi', null, known) : foreign(text);
}

/** What Form 82 calls the part that a panel's number stands for. */
function partOf(typ, path, { text }) {
  const part = typ === 'inspection.condition' && path === 'panels.no' ? firstOf(`part-${text}`) : null;
  return part && [' ', h('bdi', null, part)];
}

function unitOf(typ, path) {
  const stated = TYPES.get(typ).fields[path];
  const unit = String(stated).startsWith('%') ? '%' : stated;
  // Longer ones are explanations; a year is a number as it stands; and of what a share is, its name says.
  return typeof unit === 'string' && unit !== '' && unit.length <= 12 && unit !== 'year' && unit !== '1' ? ` ${unit}` : null;
}

function arrayNodes(typ, path, items, level) {
  if (items.length === 0) return say('value-none');
  const shown = items.slice(0, MAX_FIELDS);
  const plain = items.every((item) => typeof item === 'string' && item.length <= 40);
  const more = moreItems(items.length - shown.length);
  if (plain) return [shown.map((item, at) => [at > 0 ? ', ' : null, textValue(typ, path, item)]), more];
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
