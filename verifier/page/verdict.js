// The answer, at the top of the page: what is proven, or which step failed at which item.

import { h, svg } from './dom.js';
import { code, foreign } from './foreign_text.js';
import { moment, say } from './language.js';
import { itemMessage, whyMessage } from './why.js';

const DRAWINGS = {
  verified: 'M5 13l4 4L19 7',
  absent: 'M6 12h12',
  stale: 'M12 6v6l4 3',
  refused: 'M7 7l10 10M17 7L7 17',
};

function panel(kind, message, ...children) {
  return h(
    'section',
    { id: 'verdict', class: `verdict ${kind}`, 'data-verdict': kind, 'aria-labelledby': 'verdict-title' },
    svg(
      'svg',
      { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
      svg('circle', { cx: 12, cy: 12, r: 11 }),
      svg('path', { d: DRAWINGS[kind] }),
    ),
    h('div', null, h('h1', { id: 'verdict-title', tabindex: '-1' }, say(message)), children),
  );
}

/** The panel for a dossier that verified. */
export function provenPanel(report, trust) {
  const count = report.statements.length + report.erased.length;
  const kind = count === 0 ? 'absent' : 'verified';
  return panel(
    kind,
    `verdict-${kind}`,
    h('p', { class: 'as-of' }, say('as-of', { time: moment(report.asOf) })),
    h('p', { class: report.asked ? null : 'warning' }, say(report.asked ? 'asked' : 'not-asked')),
    h('p', { class: 'vehicle' }, code(vehicleNumber(report.vehicle))),
    h('p', null, say(`verdict-${kind}-text`, { count })),
    report.erased.length > 0 ? h('p', { class: 'warning' }, say('verdict-erased-text', { erased: report.erased.length })) : null,
    h('p', { class: 'hint' }, say(`checked-with-${trust.source}`, { log: foreign(report.origin, 120) })),
  );
}

/** The number as it stands on the car, without the prefix. */
export const vehicleNumber = (vehicle) => vehicle.slice(vehicle.indexOf(':') + 1);

/** The panel for a dossier that is refused, or too old. */
export function refusedPanel(refusal, maxAgeDays) {
  if (refusal.stale) {
    return panel(
      'stale',
      'verdict-stale',
      h('p', { class: 'as-of' }, say('as-of', { time: moment(refusal.asOf) })),
      h('p', null, say('verdict-stale-text', { days: maxAgeDays })),
    );
  }
  const item = itemMessage(refusal.item);
  const where = say('verdict-refused-where', { step: refusal.step, name: h('span', null, say(`step-${refusal.step}`)) });
  const section = panel(
    'refused',
    'verdict-refused',
    h('p', { class: 'reason' }, say(whyMessage(refusal))),
    h('p', null, where),
    item ? h('p', null, say(item.message, item.values)) : null,
    h('p', null, say('verdict-refused-text')),
    h('details', null, h('summary', null, say('technical')), h('p', { lang: 'en', dir: 'ltr' }, foreign(refusal.message, 600))),
  );
  section.setAttribute('data-step', refusal.step);
  section.setAttribute('data-reason', refusal.reason);
  return section;
}
