#!/usr/bin/env node
// Makes src/vocabulary.js from spec/vocabulary, page/messages.js from messages/ and vocabulary/, and of all of it the one file
// carnet-verify.html, and the scripts in served/ that a service hands out. It needs nothing but Node, and the same sources give the same bytes.
//
//   node build.js                                              writes these files
//   node build.js --policy policy.txt --vrf-key vrf.txt --out check.html
//                                                              writes an operator's copy, which carries these

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { bundleModules, bundlePage } from './bundle.js';
import { BESIDE_MODULE, messagesModule, readMessages, wordsScript } from './messages_source.js';
import { vocabularyModule } from './vocabulary_source.js';

const HERE = dirname(fileURLToPath(import.meta.url));

/** What the sources give, by the path under this folder. `trust` is what an operator's copy carries, or null. */
export function outputs(trust = null) {
  const messages = readMessages(join(HERE, 'messages'), join(HERE, 'vocabulary'));
  const made = {
    'src/vocabulary.js': vocabularyModule(join(HERE, '../spec/vocabulary')),
    'page/messages.js': messagesModule(messages),
  };
  return {
    ...made,
    // Fields are for a report; the page of a vehicle comes with its own.
    'served/dossier.js': served(
      { ...made, 'src/vocabulary.js': vocabularyModule(join(HERE, '../spec/vocabulary'), { fields: false }) },
      'page/self_check.js',
    ),
    // The page of a service has one language, and loads the words of that one.
    'served/verify.js': served({ ...made, 'page/messages.js': BESIDE_MODULE }, 'page/served.js'),
    ...Object.fromEntries(
      Object.entries(messages).map(([language, own]) => [`served/words/${language}.js`, `${MADE}${wordsScript(language, own)}`]),
    ),
    'carnet-verify.html': bundlePage(HERE, made, messages, trust),
  };
}

const MADE = '// Made by build.js. Do not edit.\n';

const served = (made, entry) => `${MADE}${bundleModules(HERE, made, entry)}`;

function main() {
  const { values } = parseArgs({
    options: { policy: { type: 'string' }, 'vrf-key': { type: 'string' }, out: { type: 'string' } },
  });
  if (!values.policy && !values['vrf-key'] && !values.out) {
    for (const [path, text] of Object.entries(outputs())) writeFileSync(join(HERE, path), text);
    return;
  }
  if (!values.policy || !values['vrf-key'] || !values.out) {
    console.error("An operator's copy needs --policy FILE, --vrf-key FILE and --out FILE.");
    process.exitCode = 2;
    return;
  }
  const trust = {
    policy: readFileSync(values.policy, 'utf8'),
    vrfKey: readFileSync(values['vrf-key'], 'utf8').trim(),
  };
  writeFileSync(values.out, outputs(trust)['carnet-verify.html']);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
