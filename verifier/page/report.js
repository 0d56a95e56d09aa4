// What a dossier that verified says: the car, its odometer, the timeline, who spoke, documents, and what was checked.

import { toHex } from '../src/bytes.js';
import { JsonNumber } from '../src/json.js';
import { TYPES } from '../src/vocabulary.js';
import { chart, readingOf, readingText, readingsOf, servicesOf } from './chart.js';
import { h } from './dom.js';
import { fieldLabel, fieldList, textValue } from './fields.js';
import { code, foreign } from './foreign_text.js';
import { day, hasMessage, moment, number, place, say } from './language.js';
import { vehicleNumber } from './verdict.js';

/** All sections. `trust` says what the report was checked with; `width` is the room for the chart, in pixels. */
export function reportSections(report, trust, width) {
  if (report.statements.length + report.erased.length === 0) return [checkedSection(report, trust)];
  return [
    carSection(report),
    odometerSection(report, width),
    timelineSection(report),
    whoSection(report),
    documentsSection(report),
    checkedSection(report, trust),
  ];
}

function section(id, heading, ...children) {
  return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, say(heading)), children);
}

const row = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

/** What the car is, from the statements that say so; the first type in the list that has the field speaks. */
const FACTS = [
  ['car-make', 'make', ['identity.manufactured']],
  ['car-model', 'model', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-year', 'model_year', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-fuel', 'fuel', ['identity.manufactured', 'registration.first', 'inspection.condition']],
  ['car-colour', 'colour', ['registration.first', 'identity.manufactured', 'inspection.condition']],
  ['car-first', 'date', ['registration.first']],
];

function carSection(report) {
  const [kind] = report.vehicle.split(':');
  return section(
    'car',
    'car',
    h(
      'dl',
      null,
      row(say(kind), h('strong', null, code(vehicleNumber(report.vehicle)))),
      FACTS.map(([message, field, types]) => fact(report, message, field, types)),
    ),
  );
}

function fact(report, message, field, types) {
  for (const typ of types) {
    const spoken = report.statements.find(
      ({ claims, supersededBy }) => claims.typ === typ && claims.body.has(field) && supersededBy.length === 0,
    );
    if (!spoken) continue;
    const value = spoken.claims.body.get(field);
    const text = value instanceof JsonNumber ? value.text : value;
    if (typeof text !== 'string') continue;
    return row(say(message), textValue(typ, field, text), ' ', h('span', { class: 'hint' }, say('stated-by', { issuer: issuerName(spoken) })));
  }
  return null;
}

const issuerName = ({ issuer }) => foreign(issuer.name, 80);

function odometerSection(report, width) {
  return section('odometer', 'odometer', odometerFigure(report, width) ?? h('p', null, say('chart-none')));
}

/** The chart of a report, for a width in pixels; null where there is no reading. */
export function odometerFigure({ statements }, width) {
  const readings = readingsOf(statements);
  return readings.length > 0 ? chart(readings, servicesOf(statements), width) : null;
}

function timelineSection(report) {
  const inTime = [...report.statements].sort(
    (a, b) => a.claims.eventTime.seconds - b.claims.eventTime.seconds || (a.logIndex < b.logIndex ? -1 : 1),
  );
  return section(
    'timeline',
    'timeline',
    h('p', { class: 'hint' }, say('findings-note')),
    h('ol', { class: 'timeline' }, inTime.map(statementItem), report.erased.map(erasedItem)),
  );
}

function typeName(typ) {
  const message = `type-${typ.replaceAll('.', '-')}`;
  return hasMessage(message) ? say(message) : code(typ);
}

const roleNames = (roles) => roles.map((role, at) => [at > 0 ? ', ' : null, say(`role-${role}`)]);

function statementItem(statement) {
  const { claims, issuer, hidden } = statement;
  const reading = readingOf(claims.body);
  return h(
    'li',
    { class: statement.supersededBy.length > 0 ? 'superseded' : null },
    h('p', { class: 'when' }, h('time', { datetime: claims.eventTime.text.replace(/\[.*/, '') }, day(claims.eventTime.localSeconds))),
    h('h3', null, typeName(claims.typ)),
    reading.value === undefined ? null : h('p', { class: 'reading' }, h('bdi', null, readingText(reading))),
    h('p', { class: 'by' }, issuerName(statement), ' · ', roleNames(issuer.roles), claims.place ? [' · ', h('bdi', null, place(claims.place))] : null),
    notes(statement),
    claims.supersedes ? h('p', { class: 'note' }, say('corrects')) : null,
    hidden > 0 ? h('p', { class: 'note withheld' }, say('withheld', { count: hidden })) : null,
    lazyDetails(() => statementDetails(statement)),
  );
}

function notes({ supersededBy, contestedBy, issuer }) {
  return [
    supersededBy.map((index) => h('p', { class: 'note strong' }, say('superseded', { index }))),
    contestedBy.map((index) => h('p', { class: 'note' }, say('contested', { index }))),
    issuer.revokedAt
      ? h('p', { class: 'note' }, say('key-revoked', { reason: foreign(issuer.revokedAt.reason) }))
      : null,
  ];
}

function erasedItem(statement) {
  const { issuer, notice, logIndex } = statement;
  const erasure = { date: day(notice.seconds), who: foreign(notice.askedBy), why: foreign(notice.reason) };
  return h(
    'li',
    { class: 'erased' },
    h('p', { class: 'when' }, say('log-index'), ' ', number(logIndex)),
    h('h3', null, say('erased')),
    h('p', { class: 'by' }, issuerName(statement), ' · ', roleNames(issuer.roles)),
    h('p', null, say('erased-text', erasure)),
    notes(statement),
  );
}

/** Details that are made when they are opened: a long history has thousands of fields. */
function lazyDetails(make) {
  const details = h('details', null, h('summary', null, say('details')));
  details.addEventListener('toggle', () => fillDetails(details), { once: true });
  details.fill = make;
  return details;
}

/** Makes the content of details that were not opened yet, before they are printed. */
export function fillDetails(details) {
  if (!details.fill) return;
  details.append(details.fill());
  details.fill = null;
}

function statementDetails({ claims, disclosed, hidden, logIndex, digest, issuer }) {
  const personal = TYPES.get(claims.typ).personal.filter((field) => !claims.body.has(field));
  return h(
    'div',
    { class: 'details' },
    fieldList(claims.typ, claims.body, disclosed),
    hidden > 0 && personal.length > 0
      ? h('p', { class: 'note withheld' }, say('withheld-may', { fields: h('span', null, listed(claims.typ, personal)) }))
      : null,
    h(
      'dl',
      { class: 'meta' },
      row(say('issuer'), foreign(issuer.issuer)),
      row(say('confidence'), say(`confidence-${claims.confidence.toLowerCase()}`)),
      row(say('signed'), moment(claims.iat)),
      claims.recordedAt ? row(say('recorded'), code(claims.recordedAt.text)) : null,
      row(say('log-index'), number(logIndex)),
      row(say('digest'), code(toHex(digest))),
    ),
  );
}

const listed = (typ, fields) => fields.map((field, at) => [at > 0 ? ', ' : null, fieldLabel(typ, field, field)]);

function whoSection(report) {
  const speakers = new Map();
  for (const statement of [...report.statements, ...report.erased]) {
    const { issuer } = statement;
    const known = speakers.get(issuer.issuer) ?? { statement, roles: new Set(), count: 0, days: [] };
    for (const role of issuer.roles) known.roles.add(role);
    known.count += 1;
    if (statement.claims) known.days.push(statement.claims.eventTime.localSeconds);
    speakers.set(issuer.issuer, known);
  }
  const rows = [...speakers.values()].map(({ statement, roles, count, days }) =>
    h(
      'tr',
      null,
      h('th', { scope: 'row' }, issuerName(statement)),
      h('td', null, roleNames([...roles])),
      h('td', { class: 'number' }, number(count)),
      h('td', null, days.length > 0 ? period(Math.min(...days), Math.max(...days)) : '—'),
    ),
  );
  return section('who', 'who', table(['issuer', 'roles', 'statements', 'period'], rows, 'who'));
}

const period = (from, to) => (day(from) === day(to) ? day(from) : [h('bdi', null, day(from)), ' – ', h('bdi', null, day(to))]);

function table(headings, rows, id) {
  return h(
    'div',
    { class: 'scroll', role: 'group', tabindex: '0', 'aria-labelledby': `${id}-title` },
    h(
      'table',
      null,
      h('thead', null, h('tr', null, headings.map((heading) => h('th', { scope: 'col' }, say(heading))))),
      h('tbody', null, rows),
    ),
  );
}

function documentsSection(report) {
  const named = report.statements.flatMap(({ claims, logIndex }) =>
    claims.evidence.map((piece) => ({ ...piece, claims, logIndex, hex: toHex(piece.sha256) })),
  );
  if (named.length === 0) return section('documents', 'documents', h('p', null, say('documents-none')));
  const rows = named.map(({ kind, page, claims, hex }) =>
    h(
      'tr',
      { 'data-digest': hex },
      h('th', { scope: 'row' }, code(kind), page === null ? null : [', ', say('page', { number: page })]),
      h('td', null, typeName(claims.typ), ', ', day(claims.eventTime.localSeconds)),
      h('td', null, code(hex)),
    ),
  );
  return section(
    'documents',
    'documents',
    h('p', { class: 'hint' }, say('documents-hint')),
    h(
      'p',
      { class: 'screen' },
      h('input', { type: 'file', id: 'document', class: 'file' }),
      h('label', { for: 'document', class: 'button small' }, say('check-document')),
    ),
    h('p', { id: 'document-answer', role: 'status' }),
    table(['document-kind', 'statements', 'digest'], rows, 'documents'),
  );
}

function checkedSection(report, trust) {
  return section(
    'checked',
    'checked',
    h(
      'dl',
      null,
      row(say('log'), code(report.origin)),
      row(say('log-size'), number(report.size)),
      row(
        say('cosigners'),
        h(
          'ul',
          { class: 'plain' },
          report.cosigners.map(({ name, time }) => h('li', null, foreign(name, 80), ', ', h('bdi', null, moment(time)))),
        ),
      ),
      row(say('policy'), say(`trust-source-${trust.source}`)),
      row(say('policy-digest'), code(trust.policyDigest)),
      row(say('vrf-key'), code(trust.vrfKey)),
      row(say('label'), code(toHex(report.label))),
    ),
  );
}
