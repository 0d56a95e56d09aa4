// JSON read strictly (RFC 8259): a text that two readers could understand differently is refused. Objects become Maps, so
// that no member name has a meaning to this program, and numbers keep their text, so that none is rounded.

/** Why a text was not read: `cut_off`, `malformed`, `duplicate` or `too_deep`. */
export class JsonFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = 'JsonFault';
    this.kind = kind;
  }
}

/** A number as it is written. */
export class JsonNumber {
  constructor(text) {
    this.text = text;
  }

  /** The number if it is an integer from 0 to `largest` without fraction or exponent, as BigInt; otherwise null. */
  wholeUpTo(largest) {
    if (!/^[0-9]{1,20}$/.test(this.text)) return null;
    const number = BigInt(this.text);
    return number <= largest ? number : null;
  }
}

/** The one value in `text`; `maxDepth` bounds how deep arrays and objects may be nested. */
export function parseJson(text, maxDepth) {
  const reader = new JsonReader(text, maxDepth);
  const value = reader.value(0);
  reader.skipSpace();
  if (reader.at < text.length) reader.fail('malformed', 'trailing characters');
  return value;
}

const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  constructor(text, maxDepth) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.at = 0;
  }

  fail(kind, what) {
    const before = this.text.slice(0, this.at).split('\n');
    throw new JsonFault(kind, `${what} at line ${before.length} column ${before.at(-1).length + 1}`);
  }

  skipSpace() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  /** The next character that is not white space, which is not consumed. */
  next() {
    this.skipSpace();
    if (this.at >= this.text.length) this.fail('cut_off', 'the text ends early');
    return this.text[this.at];
  }

  expect(character) {
    if (this.next() !== character) this.fail('malformed', `expected ${character}`);
    this.at += 1;
  }

  value(depth) {
    const first = this.next();
    if (first === '{') return this.object(depth + 1);
    if (first === '[') return this.array(depth + 1);
    if (first === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const form = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    form.lastIndex = this.at;
    const match = form.exec(this.text);
    if (!match) this.fail('malformed', 'expected a value');
    const [text] = match;
    // A number beyond the range of a double has no common meaning.
    if (!Number.isFinite(Number(text))) this.fail('malformed', 'number out of range');
    this.at += text.length;
    return new JsonNumber(text);
  }

  string() {
    this.at += 1;
    let whole = '';
    for (;;) {
      const plain = /[^"\\\u0000-\u001f]*/y;
      plain.lastIndex = this.at;
      const [run] = plain.exec(this.text);
      whole += run;
      this.at += run.length;
      const stop = this.text[this.at];
      if (stop === undefined) this.fail('cut_off', 'the text ends inside a string');
      this.at += 1;
      if (stop === '"') return whole;
      if (stop !== '\\') this.fail('malformed', 'control character in a string');
      whole += this.escape();
    }
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === undefined) this.fail('cut_off', 'the text ends inside a string');
    if (letter !== 'u') return ESCAPES[letter] ?? this.fail('malformed', 'unknown escape');
    const unit = this.codeUnit();
    if (unit >= 0xdc00 && unit <= 0xdfff) this.fail('malformed', 'lone surrogate');
    if (unit < 0xd800 || unit > 0xdbff) return String.fromCharCode(unit);
    if (!this.text.startsWith('\\u', this.at)) this.fail('malformed', 'lone surrogate');
    this.at += 2;
    const second = this.codeUnit();
    if (second < 0xdc00 || second > 0xdfff) this.fail('malformed', 'lone surrogate');
    return String.fromCharCode(unit, second);
  }

  codeUnit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('malformed', 'four hex digits expected');
    this.at += 4;
    return parseInt(digits, 16);
  }

  deeper(depth) {
    if (depth > this.maxDepth) this.fail('too_deep', `nested deeper than ${this.maxDepth} levels`);
    this.at += 1;
  }

  array(depth) {
    this.deeper(depth);
    const items = [];
    if (this.next() === ']') {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      if (this.next() === ']') {
        this.at += 1;
        return items;
      }
      this.expect(',');
    }
  }

  object(depth) {
    this.deeper(depth);
    const members = new Map();
    if (this.next() === '}') {
      this.at += 1;
      return members;
    }
    for (;;) {
      if (this.next() !== '"') this.fail('malformed', 'expected a member name');
      const name = this.string();
      this.expect(':');
      const value = this.value(depth);
      if (members.has(name)) this.fail('duplicate', `the member ${JSON.stringify(name.slice(0, 80))} twice`);
      members.set(name, value);
      if (this.next() === '}') {
        this.at += 1;
        return members;
      }
      this.expect(',');
    }
  }
}
