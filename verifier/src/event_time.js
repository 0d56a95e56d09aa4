// Times as statements and notices write them, and the instants they name.

// The instants the reference implementation can hold, in seconds since 1970.
const FIRST_SECOND = -377_705_023_201;
const LAST_SECOND = 253_402_207_200;

/** Days from 1970-01-01 to a day of the proleptic Gregorian calendar, or null where there is no such day. */
function daysSince1970(year, month, day) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return null;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function instant(year, month, day, hour, minute, second, offset) {
  const days = daysSince1970(year, month, day);
  if (days === null || hour > 23 || minute > 59 || second > 59) return null;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND ? seconds : null;
}

const EVENT_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))(?:\[([A-Za-z][A-Za-z0-9/_+-]{0,39})\])?$/;

/**
 * A moment in local time with its offset (spec/statement.md, "Times"), or null: the text as signed, the seconds since 1970,
 * and date and time on a clock at the place as seconds since 1970 of a clock without offset.
 */
export function parseEventTime(text) {
  const match = EVENT_TIME.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const [sign, hours, minutes] = [match[7], Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  const seconds = instant(year, month, day, hour, minute, second, offset);
  return seconds === null ? null : { text, seconds, localSeconds: seconds + offset };
}

/** The seconds since 1970 of `2026-11-23T10:00:00Z`, in exactly this form; null otherwise. */
export function parseNoticeTime(text) {
  const match = /^(\d{4}|-(?!000000)\d{6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  return match === null ? null : instant(...match.slice(1, 7).map(Number), 0);
}
