// Text from a file, which anybody may have written: cut where it is long, and kept from turning around what stands beside it.

import { h } from './dom.js';
import { say } from './language.js';

const MAX_SHOWN = 300;

// Controls, line separators, and the characters that change the direction of text or are not seen, such as the fillers of
// Hangul. The joiners that Persian and other scripts need stay, and selectors of a shape.
const UNSEEN =
  /([\p{Cc}\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d159}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}])/u;

/** The text, isolated from the direction of what surrounds it, unseen characters named, and cut after `limit` characters. */
export function foreign(text, limit = MAX_SHOWN) {
  // Cut by code units first: spreading a megabyte into characters is slow, and no character has more than two.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const shown = characters.slice(0, limit).join('');
  const rest = text.length - shown.length;
  return h(
    'bdi',
    null,
    shown.split(UNSEEN).map((part, at) => (at % 2 ? named(part) : part)),
    rest > 0 ? h('span', { class: 'cut' }, ' … ', say('more-characters', { count: rest })) : null,
  );
}

function named(character) {
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
  return h('span', { class: 'unseen' }, `U+${code}`);
}

/** A number, digest or key: left to right in every language, and breakable. */
export const code = (text, limit = MAX_SHOWN) => h('span', { class: 'code', dir: 'ltr' }, foreign(text, limit));
