// Puts modules, style and messages into one HTML file that needs nothing else. The modules stay readable: they are joined in
// the order in which they depend on each other.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const IMPORT = /^import \{([^}]*)\} from '(\.[^']+)';\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const) ([A-Za-z0-9_$]+))/gm;

/** The page as one text. `made` has the texts of generated modules by path; `trust` is what the page carries, or null. */
export function bundlePage(root, made, messages, trust) {
  const script = bundleModules(root, made, 'page/main.js');
  const style = `\n${readFileSync(join(root, 'page/style.css'), 'utf8')}`;
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const noscript = Object.entries(messages)
    .map(([language, { noscript: text }]) => `<p lang="${language}" dir="auto">${escapeHtml(text.join(''))}</p>`)
    .join('\n');
  return fill(readFileSync(join(root, 'page/page.html'), 'utf8'), {
    POLICY: policy,
    STYLE: style,
    NOSCRIPT: noscript,
    // Inert data, not script: an operator's copy has the same script, and the same hash, as everybody's.
    TRUST: JSON.stringify(trust).replaceAll('<', '\\u003c'),
    SCRIPT: script,
  });
}

const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function fill(template, values) {
  return template.replace(/%([A-Z]+)%/g, (whole, name) => {
    if (!(name in values)) throw new Error(`page.html asks for ${whole}`);
    return values[name];
  });
}

/** All modules that `entry` needs, as one script: each is a function that runs once and returns what it exports. */
export function bundleModules(root, made, entry) {
  const done = new Map();
  visit(entry, []);
  const script = `\n${[...done.values()].join('\n')}`;
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end inside the page');
  return script;

  function visit(path, above) {
    if (done.has(path)) return;
    if (above.includes(path)) throw new Error(`modules import each other: ${[...above, path].join(' -> ')}`);
    const source = made[path] ?? readFileSync(join(root, path), 'utf8');
    const text = source
      .replace(IMPORT, (_, names, from) => {
        const imported = normalize(join(dirname(path), from));
        visit(imported, [...above, path]);
        return `const {${names.replaceAll(' as ', ': ')}} = ${variable(imported)};\n`;
      })
      .replace(EXPORT, '');
    if (/^(import|export)\b/m.test(text)) throw new Error(`${path} imports or exports in a form the bundle does not know`);
    const names = [...source.matchAll(EXPORT)].map(([, name]) => name);
    done.set(path, `// ${path}\nconst ${variable(path)} = (() => {\n${text.trim()}\nreturn { ${names.join(', ')} };\n})();\n`);
  }
}

const variable = (path) => path.replace(/\.js$/, '').replace(/[^A-Za-z0-9]/g, '_');
