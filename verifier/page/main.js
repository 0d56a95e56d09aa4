// The page: what is chosen, when it is checked, and where the answer goes. It sends nothing anywhere; its policy forbids it.

import { fromUtf8, toHex, toUtf8 } from '../src/bytes.js';
import { sha256 } from '../src/hash.js';
import { Refused } from '../src/refusal.js';
import { vehicleIdFromTyped } from '../src/vehicle_id.js';
import { Refusal, readTrust, verifyDossier } from '../src/verify.js';
import { byId, h } from './dom.js';
import { foreign } from './foreign_text.js';
import { language, languages, preferredLanguage, say, sayText, speak } from './language.js';
import { fillDetails, odometerFigure, reportSections } from './report.js';
import { provenPanel, refusedPanel } from './verdict.js';

const MAX_AGES = [1, 7, 30, 90, 365];
const USUAL_MAX_AGE = 30;
const MAX_TRUST_BYTES = 1_000_000;
const DAY = 86_400;

/** What an operator's copy carries, or null. */
const carried = JSON.parse(byId('trust').textContent);

const state = {
  /** The dossier chosen: its name and bytes. */
  dossier: null,
  /** Whether the carried policy and key are set aside for others. */
  usesOther: carried === null,
  /** What was found last, so that it can be shown again in another language or width. */
  answer: null,
};

function showStatic() {
  for (const element of document.querySelectorAll('[data-message]')) {
    element.replaceChildren(...say(element.dataset.message));
  }
  document.title = `${sayText('title')} · Carnet`;
  const ages = byId('max-age');
  const chosen = ages.value || String(USUAL_MAX_AGE);
  ages.replaceChildren(...MAX_AGES.map((count) => h('option', { value: count }, sayText('days', { count }))));
  ages.value = chosen;
  showTrust();
  byId('vehicle-problem').replaceChildren();
}

function showTrust() {
  byId('trust-fields').hidden = !state.usesOther;
  byId('trust-carried').hidden = state.usesOther;
  byId('trust-other').hidden = state.usesOther;
  if (carried) byId('trust-carried').replaceChildren(...say('trust-carried', { log: foreign(carried.vrfKey.split('+')[0], 120) }));
}

function showNotice(...nodes) {
  byId('notice').replaceChildren(...nodes.flat(Infinity));
}

function showDossierName() {
  byId('dossier-name').replaceChildren(...(state.dossier ? [foreign(state.dossier.name, 120)] : []));
}

/** Takes files as they come: a policy and a key are known by their content, anything else is the dossier. */
async function takeFiles(files) {
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = bytes.length <= MAX_TRUST_BYTES ? fromUtf8(bytes) : null;
    if (text !== null && /^\s*[^\s+]+\+vrf-r255\+\S+\s*$/.test(text)) takeTrust('vrf-key', text.trim());
    else if (text !== null && /^quorum[ \t]/m.test(text) && !text.trimStart().startsWith('{')) takeTrust('policy', text);
    else state.dossier = { name: file.name, bytes };
  }
  showDossierName();
  if (state.dossier && trustGiven()) await check();
}

function takeTrust(id, text) {
  state.usesOther = true;
  byId(id).value = text;
  showTrust();
}

const trustGiven = () => !state.usesOther || (byId('policy').value.trim() !== '' && byId('vrf-key').value.trim() !== '');

function trustTexts() {
  if (!state.usesOther) return { ...carried, source: 'page' };
  return { policy: byId('policy').value, vrfKey: byId('vrf-key').value.trim(), source: 'user' };
}

/** The vehicle typed: its id, null where nothing was typed, undefined where it is no number. */
function askedVehicle() {
  const typed = byId('vehicle').value.trim();
  const asked = typed === '' ? null : (vehicleIdFromTyped(typed) ?? undefined);
  byId('vehicle').setAttribute('aria-invalid', String(asked === undefined));
  byId('vehicle-problem').replaceChildren(...(asked === undefined ? say('vehicle-bad') : []));
  return asked;
}

async function check() {
  const asked = askedVehicle();
  if (asked === undefined) {
    byId('vehicle').focus();
    return;
  }
  if (!state.dossier || !trustGiven()) {
    showNotice(say(state.dossier ? 'need-trust' : 'need-file'));
    byId(state.dossier ? 'policy' : 'dossier').focus();
    return;
  }
  showNotice(say('checking'));
  byId('check').disabled = true;
  try {
    state.answer = await answerFor(asked);
    showNotice();
    showAnswer();
    byId('verdict-title').focus();
  } catch (error) {
    showFailure(error);
  } finally {
    byId('check').disabled = false;
  }
}

async function answerFor(asked) {
  const texts = trustTexts();
  const days = Number(byId('max-age').value);
  const trust = await readTrust(toUtf8(texts.policy), texts.vrfKey, days * DAY);
  const shown = { ...texts, policyDigest: toHex(await sha256(toUtf8(texts.policy))) };
  const now = Math.floor(Date.now() / 1000);
  try {
    return { report: await verifyDossier(state.dossier.bytes, trust, asked, now), trust: shown };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error, days };
    throw error;
  }
}

function showFailure(error) {
  const isTrust = error instanceof Refused;
  const detail = h('span', { lang: 'en', dir: 'ltr' }, foreign(isTrust ? error.detail : String(error)));
  showNotice(h('span', { class: 'problem' }, say(isTrust ? 'trust-bad' : 'failed'), ' ', detail));
}

function showAnswer() {
  const { report, refusal, trust, days } = state.answer;
  const result = byId('result');
  const panel = report ? provenPanel(report, trust) : refusedPanel(refusal, days);
  const sections = report ? reportSections(report, trust, chartWidth()) : [];
  const buttons = h('p', { class: 'screen buttons' }, button('another', changeInput), button('print', () => window.print()));
  const file = h('p', { class: 'hint' }, say('step-file'), ': ', foreign(state.dossier.name, 120));
  result.replaceChildren(panel, file, buttons, ...sections);
  byId('document')?.addEventListener('change', compareDocument);
  byId('form').hidden = true;
  byId('intro').hidden = true;
}

/** The room for the chart, in pixels: text in it is as large as elsewhere. */
const chartWidth = () => Math.max(280, Math.min(byId('result').clientWidth || 720, 900));

function redrawChart() {
  const figure = state.answer?.report && odometerFigure(state.answer.report, chartWidth());
  if (figure) document.querySelector('.chart').replaceWith(figure);
}

function button(message, run) {
  const element = h('button', { type: 'button', class: 'button small' }, say(message));
  element.addEventListener('click', run);
  return element;
}

function changeInput() {
  state.answer = null;
  byId('result').replaceChildren();
  byId('form').hidden = false;
  byId('intro').hidden = false;
  byId('dossier').value = '';
  byId('dossier').focus();
}

async function compareDocument(event) {
  const [file] = event.target.files;
  if (!file) return;
  const digest = toHex(await sha256(new Uint8Array(await file.arrayBuffer())));
  const rows = [...document.querySelectorAll('[data-digest]')];
  for (const row of rows) row.classList.toggle('match', row.dataset.digest === digest);
  const found = rows.some((row) => row.dataset.digest === digest);
  const message = say(found ? 'document-match' : 'document-other', { name: foreign(file.name, 120) });
  byId('document-answer').replaceChildren(...message);
}

function showAll() {
  showStatic();
  if (state.answer) showAnswer();
}

/** Opens what is folded for the printer, and folds it again afterwards. */
function openForPrinter() {
  const folded = [...document.querySelectorAll('#result details:not([open])')];
  for (const details of folded) {
    fillDetails(details);
    details.open = true;
  }
  window.addEventListener('afterprint', () => folded.forEach((details) => (details.open = false)), { once: true });
}

/** The saved page has a choice of languages; in the frame of a service, that has one. */
function listenToLanguage() {
  const choice = byId('language');
  if (!choice) return;
  choice.append(...languages().map(([id, name]) => h('option', { value: id, lang: id }, name)));
  choice.value = language();
  choice.addEventListener('change', () => {
    speak(choice.value);
    showAll();
  });
  document.querySelector('.language').hidden = false;
}

function listen() {
  listenToLanguage();
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    check();
  });
  byId('dossier').addEventListener('change', (event) => takeFiles([...event.target.files]));
  for (const id of ['policy', 'vrf-key']) {
    byId(`${id}-file`).addEventListener('change', async (event) => {
      const [file] = event.target.files;
      if (file) byId(id).value = (await file.slice(0, MAX_TRUST_BYTES).text()).replace(/\s+$/, '\n');
    });
  }
  byId('other').addEventListener('click', () => {
    state.usesOther = true;
    showTrust();
    byId('policy').focus();
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    takeFiles([...event.dataTransfer.files]);
  });
  window.addEventListener('resize', redrawChart);
  window.addEventListener('beforeprint', openForPrinter);
}

function start() {
  const framed = byId('language') === null;
  speak(framed ? document.documentElement.lang : (/^#lang=([a-z]{2})$/.exec(location.hash)?.[1] ?? preferredLanguage()));
  listen();
  showStatic();
  if (!globalThis.crypto?.subtle) {
    showNotice(say('cannot'));
    return;
  }
  byId('form').hidden = false;
}

start();
