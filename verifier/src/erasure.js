// Erasure notices (spec/dossier.md): the log's signed word that it erased contents.

import { fromHex, toUtf8 } from './bytes.js';
import { fromDecimal } from './checkpoint.js';
import { parseNoticeTime } from './event_time.js';
import { parseNote, verifyNote } from './note.js';
import { Refused, demand } from './refusal.js';

const MAX_TEXT = 500;

/** The notice in a signed note of the log whose key this is, verified with that key. */
export async function verifyNotice(signed, logKey) {
  try {
    const note = parseNote(toUtf8(signed));
    const notice = parseNotice(note.text, logKey.name);
    await verifyNote(note, [logKey]);
    return notice;
  } catch (error) {
    if (error instanceof Refused) throw new Refused('notice', error.detail);
    throw error;
  }
}

function parseNotice(text, origin) {
  const lines = text.split('\n');
  demand(lines.length === 7 && lines[6] === '', 'notice', 'an erasure notice has six lines of text');
  const [first, labelText, throughText, timeText, askedBy, reason] = lines;
  demand(
    first === `${origin}/erasure/v1`,
    'notice',
    `the first line is ${JSON.stringify(first.slice(0, 200))}, and an erasure notice of this log starts with ` +
      JSON.stringify(`${origin}/erasure/v1`),
  );
  const label = fromHex(labelText, 32);
  demand(label, 'notice', 'the second line is not a label of 64 lower-case hex digits');
  const through = fromDecimal(throughText);
  demand(through !== null, 'notice', 'the third line is not a log index');
  const seconds = parseNoticeTime(timeText);
  demand(seconds !== null, 'notice', 'the fourth line is not a time in the form 2026-11-23T10:00:00Z');
  for (const [line, what] of [
    [askedBy, 'who asked'],
    [reason, 'the reason'],
  ]) {
    demand(
      isPlain(line),
      'notice',
      `${what} must have 1 to ${MAX_TEXT} bytes, no control characters, and no white space at either end`,
    );
  }
  return { label, through, seconds, askedBy, reason };
}

function isPlain(text) {
  const length = toUtf8(text).length;
  return length >= 1 && length <= MAX_TEXT && !/^\p{White_Space}|\p{White_Space}$|[\p{Cc}\u2028\u2029]/u.test(text);
}
