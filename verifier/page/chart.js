// The odometer readings over time as a drawing. It shows what was stated, superseded readings hollow, and judges nothing.

import { h, svg } from './dom.js';
import { day, number, say, sayText } from './language.js';

const KM_PER_MILE = 1.609344;
const HEIGHT = 240;
const MARGIN = { top: 30, right: 16, bottom: 30, left: 64 };
const YEAR = 365.2425 * 86_400;

/** The readings in statements that have one, in order of time: km, seconds since 1970, and whether superseded. */
export function readingsOf(statements) {
  return statements
    .map((statement) => ({ ...readingOf(statement.claims.body), statement, time: timeOfReading(statement, statements) }))
    .filter(({ value, time }) => value !== undefined && time !== null)
    .map(({ value, unit, statement, time }) => ({
      value,
      unit,
      km: unit === 'mi' ? value * KM_PER_MILE : value,
      at: time.seconds,
      localAt: time.localSeconds,
      superseded: statement.supersededBy.length > 0,
    }))
    .sort((a, b) => a.at - b.at);
}

/** What a correction says of the odometer is about the time of the statement it corrects; null where it corrects none. */
function timeOfReading({ claims, logIndex }, statements) {
  if (claims.typ !== 'record.corrected') return claims.eventTime;
  const corrected = statements.find(({ supersededBy }) => supersededBy.includes(logIndex));
  return corrected?.claims.eventTime ?? null;
}

/** When the odometer was serviced or replaced, as far as stated: a lower reading after it is no contradiction. */
export function servicesOf(statements) {
  return statements
    .filter(({ claims, supersededBy }) => claims.typ === 'odometer.serviced' && supersededBy.length === 0)
    .map(({ claims }) => claims.eventTime);
}

/** The reading in a body: its value and unit, or nothing. */
export function readingOf(body) {
  const odometer = body.get('odometer');
  const value = odometer instanceof Map ? odometer.get('value')?.wholeUpTo?.(10_000_000n) : null;
  const unit = odometer instanceof Map ? odometer.get('unit') : null;
  return value !== null && value !== undefined && (unit === 'km' || unit === 'mi') ? { value: Number(value), unit } : {};
}

/** A reading as text, in its own unit. */
export const readingText = ({ value, unit }) => `${number(value)} ${unit}`;

/** The figure, drawn for a width in pixels. */
export function chart(readings, services, width) {
  const plot = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const yStep = niceStep(Math.max(...readings.map(({ km }) => km), 1000) / 4);
  const yMax = yStep * Math.ceil(Math.max(...readings.map(({ km }) => km), 1000) / yStep);
  const [from, to] = span([...readings.map(({ at }) => at), ...services.map(({ seconds }) => seconds)]);
  const x = (at) => MARGIN.left + ((at - from) / (to - from)) * plot.width;
  const y = (km) => MARGIN.top + (1 - km / yMax) * plot.height;
  const standing = readings.filter(({ superseded }) => !superseded);

  const drawing = svg(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-labelledby': 'chart-label', direction: 'ltr' },
    kilometreAxis(yMax, yStep, y, width),
    yearAxis(from, to, x, plot.width),
    services.map((time) => serviceLine(time, x(time.seconds))),
    stretches(standing, services).map((stretch) =>
      svg('polyline', { class: 'line', points: stretch.map(({ at, km }) => `${x(at)},${y(km)}`).join(' ') }),
    ),
    readings.map((reading) => mark(reading, x(reading.at), y(reading.km))),
  );
  const label = say('chart-label', {
    count: readings.length,
    first: readingText(readings[0]),
    last: readingText(readings.at(-1)),
  });
  const superseded = readings.some((reading) => reading.superseded);
  return h(
    'figure',
    { class: 'chart' },
    drawing,
    h(
      'figcaption',
      null,
      h('span', { id: 'chart-label' }, label),
      superseded ? h('span', { class: 'key' }, ' ', keyMark(), ' ', say('chart-superseded')) : null,
      services.length > 0 ? h('span', { class: 'key' }, ' ', keyLine(), ' ', say('type-odometer-serviced')) : null,
      readings.some(({ unit }) => unit === 'mi') ? [' ', say('chart-miles')] : null,
    ),
  );
}

const keyMark = () =>
  svg(
    'svg',
    { viewBox: '0 0 12 12', class: 'key-mark', 'aria-hidden': 'true' },
    svg('circle', { class: 'mark superseded', cx: 6, cy: 6, r: 4.5 }),
  );

const keyLine = () =>
  svg(
    'svg',
    { viewBox: '0 0 12 12', class: 'key-mark', 'aria-hidden': 'true' },
    svg('line', { class: 'service', x1: 6, x2: 6, y1: 0, y2: 12 }),
  );

function serviceLine(time, x) {
  const title = `${day(time.localSeconds)}: ${sayText('type-odometer-serviced')}`;
  return svg('line', { class: 'service', x1: x, x2: x, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }, svg('title', null, title));
}

/** The readings between two services of the odometer belong together. */
function stretches(readings, services) {
  const ends = [...services.map(({ seconds }) => seconds).sort((a, b) => a - b), Infinity];
  return ends.map((end, at) => readings.filter((reading) => reading.at < end && reading.at >= (ends[at - 1] ?? -Infinity)));
}

function mark(reading, cx, cy) {
  const superseded = reading.superseded ? `, ${sayText('chart-superseded')}` : '';
  const title = `${day(reading.localAt)}: ${readingText(reading)}${superseded}`;
  const kind = reading.superseded ? 'mark superseded' : 'mark';
  return svg('circle', { class: kind, cx, cy, r: 4.5 }, svg('title', null, title));
}

function kilometreAxis(yMax, step, y, width) {
  const lines = [];
  for (let km = 0; km <= yMax; km += step) {
    lines.push(
      svg('line', { class: km === 0 ? 'axis' : 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(km), y2: y(km) }),
      svg('text', { x: MARGIN.left - 8, y: y(km) + 4, 'text-anchor': 'end' }, number(km)),
    );
  }
  return [lines, svg('text', { x: MARGIN.left - 8, y: 16, 'text-anchor': 'end' }, 'km')];
}

function yearAxis(from, to, x, plotWidth) {
  const first = new Date(from * 1000).getUTCFullYear();
  const last = new Date(to * 1000).getUTCFullYear();
  const every = Math.max(1, Math.ceil(((last - first + 1) * 48) / plotWidth));
  const marks = [];
  for (let year = first; year <= last; year += 1) {
    const at = Date.UTC(year, 0, 1) / 1000;
    if (at < from || at > to || year % every !== 0) continue;
    const bottom = HEIGHT - MARGIN.bottom;
    marks.push(
      svg('line', { class: 'axis', x1: x(at), x2: x(at), y1: bottom, y2: bottom + 5 }),
      svg('text', { x: x(at), y: bottom + 20, 'text-anchor': 'middle' }, String(year)),
    );
  }
  return marks;
}

/** A little more than what is drawn takes, and never less than two years. */
function span(times) {
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const margin = Math.max((2 * YEAR - (last - first)) / 2, (last - first) * 0.04);
  return [first - margin, last + margin];
}

/** The least of 1, 2 and 5 times a power of ten that is not less than `rough`. */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}
