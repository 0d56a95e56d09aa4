// What the page says, in the language that was chosen.

import { h } from './dom.js';
import { MESSAGES } from './messages.js';

// Latin digits in every language, because they are compared with documents and with the car.
const LOCALES = { en: 'en-GB', ko: 'ko-KR', ru: 'ru-RU', ar: 'ar-u-nu-latn-ca-gregory', es: 'es', fr: 'fr' };

let current = 'en';

/** The language in which the page speaks. */
export const language = () => current;

/** The languages there are, by code and own name. */
export const languages = () => Object.entries(MESSAGES).map(([id, { language: name }]) => [id, name]);

/** Chooses a language, and tells the document. */
export function speak(wanted) {
  current = wanted in MESSAGES ? wanted : 'en';
  document.documentElement.lang = current;
  document.documentElement.dir = current === 'ar' ? 'rtl' : 'ltr';
}

/** The first language of the person's that there is. */
export function preferredLanguage() {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag) => tag in MESSAGES) ?? 'en';
}

/** The texts and placeables of a message. */
const partsOf = (id) => [MESSAGES[current][id]].flat();

/** A message as nodes; placeables are texts, numbers or nodes, isolated from the sentence around them. */
export function say(id, values = {}) {
  return partsOf(id).map((part) => (typeof part === 'string' ? part : h('bdi', null, shown(values[part[0]]))));
}

/** A message as text, for places that hold no elements. */
export function sayText(id, values = {}) {
  return partsOf(id)
    .map((part) => (typeof part === 'string' ? part : `\u2068${shown(values[part[0]])}\u2069`))
    .join('');
}

/** Whether there is such a message. */
export const hasMessage = (id) => id in MESSAGES[current];

const shown = (value) => (typeof value === 'number' || typeof value === 'bigint' ? number(value) : value);

/** A number with its thousands apart. */
export const number = (value) => new Intl.NumberFormat(LOCALES[current], { maximumFractionDigits: 1 }).format(value);

/** An amount in minor units of a currency. */
export function money(minor, currency) {
  try {
    const format = new Intl.NumberFormat(LOCALES[current], { style: 'currency', currency, currencyDisplay: 'code' });
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  } catch {
    return `${minor} ${currency}`;
  }
}

// The last second of the year 9999; only a cosigner whose time does not matter can be later.
const LAST_SHOWN = 253_402_300_799;

const atUtc = (seconds, style) =>
  new Intl.DateTimeFormat(LOCALES[current], { ...style, timeZone: 'UTC' }).format(
    new Date(Math.min(Number(seconds), LAST_SHOWN) * 1000),
  );

// The month in letters, because figures alone read differently from country to country.
const DAY_STYLE = { day: 'numeric', month: 'short', year: 'numeric' };

/** A day, from seconds since 1970 on the clock that is meant. */
export const day = (seconds) => atUtc(seconds, DAY_STYLE);

/** A day written `YYYY-MM-DD`, or null where it is no such day. */
export function calendarDay(text) {
  const milliseconds = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(milliseconds) ? null : day(milliseconds / 1000);
}

/** A time in UTC, from seconds since 1970. */
export const moment = (seconds) =>
  `${atUtc(seconds, { ...DAY_STYLE, month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })} UTC`;

const nameOfCountry = (code) => new Intl.DisplayNames([LOCALES[current]], { type: 'region', fallback: 'none' }).of(code);

/** A place by the name of its country and its code, `South Korea (KRPUS)`. */
export function place(locode) {
  const name = nameOfCountry(locode.slice(0, 2));
  return name ? `${name} (${locode})` : locode;
}

/** A country by its name and its ISO 3166-1 code, `Jordan (JO)`; null for a text that is no country's code. */
export function country(code) {
  const name = /^[A-Z]{2}$/.test(code) && nameOfCountry(code);
  return name ? `${name} (${code})` : null;
}
