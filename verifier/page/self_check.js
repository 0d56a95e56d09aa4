// The script of a vehicle's page: it checks the dossier that the page carries, with the policy the page names, and shows what
// came of it. The words come with the page as templates. It never says that something is checked before it is.

import { toHex, toUtf8 } from '../src/bytes.js';
import { platformIsStrict } from '../src/ed25519.js';
import { Refusal, readTrust, verifyDossier } from '../src/verify.js';
import { byId } from './dom.js';
import { itemMessage, whyMessage } from './why.js';

/** How old the proof of freshness may be before a newer page is worth asking for. */
const MAX_AGE_DAYS = 7;
const DAY = 86_400;
const MAX_SHOWN = 600;

/** Puts texts into the slots of a template's content. */
function fill(content, slots) {
  for (const slot of content.querySelectorAll('[data-slot]')) {
    slot.textContent = String(slots[slot.dataset.slot] ?? '').slice(0, MAX_SHOWN);
  }
  return content;
}

/** Shows an outcome, with texts in its slots. */
function show(kind, slots = {}, data = {}) {
  const panel = byId('outcome');
  const content = fill(byId(`outcome-${kind}`).content.cloneNode(true), slots);
  if (!slots.ownCode) content.querySelector('[data-own-code]')?.remove();
  if (!slots.erased) content.querySelector('[data-erased]')?.remove();
  panel.className = `verdict ${kind}`;
  Object.assign(panel.dataset, { verdict: kind, ...data });
  panel.replaceChildren(content);
}

/** A reason or step by its name, as the page says it. */
const reason = (selector) => byId('reasons').content.querySelector(selector)?.textContent ?? '';

/** The item that failed, as the page says it. */
function itemNamed(item) {
  const found = itemMessage(item);
  const words = found && byId('reasons').content.querySelector(`[data-item="${found.message}"]`)?.cloneNode(true);
  return words ? fill(words, found.values).textContent : '';
}

/** Whether the page lists exactly the statements that were proven, about the vehicle that was proven. */
function pageTellsTheSame(report, vehicle) {
  const listed = [...document.querySelectorAll('[data-digest]')].map((item) => item.dataset.digest);
  const proven = [...report.statements, ...report.erased].map(({ digest }) => toHex(digest));
  const number = vehicle.slice(vehicle.indexOf(':') + 1);
  return byId('number').textContent.trim() === number && listed.sort().join() === proven.sort().join();
}

function showRefusal(refusal) {
  if (refusal.stale) {
    show('stale', { days: MAX_AGE_DAYS });
    return;
  }
  const slots = {
    why: reason(`[data-why="${whyMessage(refusal)}"]`),
    step: refusal.step,
    'step-name': reason(`[data-step="${refusal.step}"]`),
    item: itemNamed(refusal.item),
    detail: refusal.message,
  };
  show('refused', slots, { step: refusal.step, reason: refusal.reason });
}

async function check() {
  if (!globalThis.crypto?.subtle) {
    show('cannot');
    return;
  }
  show('checking');
  const begin = performance.now();
  const { policy, vrfKey, vehicle } = JSON.parse(byId('trust').textContent);
  const trust = await readTrust(toUtf8(policy), vrfKey, MAX_AGE_DAYS * DAY);
  const bytes = toUtf8(byId('dossier').textContent);
  const report = await verifyDossier(bytes, trust, vehicle, Math.floor(Date.now() / 1000));
  const ms = Math.round(performance.now() - begin);
  if (!pageTellsTheSame(report, vehicle)) {
    show('differs');
    return;
  }
  const count = report.statements.length + report.erased.length;
  const ownCode = !(await platformIsStrict());
  show(count === 0 ? 'absent' : 'verified', { count, erased: report.erased.length, ms, log: report.origin, ownCode });
}

/** Opens what is folded for the printer, and folds it again afterwards. */
function openForPrinter() {
  const folded = [...document.querySelectorAll('main details:not([open])')];
  for (const details of folded) details.open = true;
  window.addEventListener('afterprint', () => folded.forEach((details) => (details.open = false)), { once: true });
}

window.addEventListener('beforeprint', openForPrinter);

check().catch((error) => {
  if (error instanceof Refusal) showRefusal(error);
  else show('failed', { detail: error?.message ?? error });
});
