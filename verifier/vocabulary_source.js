// The vocabulary as the verifier needs it, read from spec/vocabulary: which roles may issue which types, which fields are
// personal, and which fields there are. What people call them stands in vocabulary/.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The text of src/vocabulary.js, or, without the fields, of a shorter one for scripts that show none. */
export function vocabularyModule(folder, { fields = true } = {}) {
  const schemas = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.schema.json'))
      .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  );
  const types = [...schemas.values()]
    .filter((schema) => schema['x-type'])
    .sort((a, b) => a['x-number'] - b['x-number'] || (a['x-type'] < b['x-type'] ? -1 : 1));
  const roles = rolesOf(readFileSync(join(folder, 'README.md'), 'utf8'));
  const rows = types.map((schema) => {
    const issuers = schema['x-issuers'].flatMap((role) => (role === 'any' ? roles : [role]));
    const unknown = issuers.find((role) => !roles.includes(role));
    if (unknown) throw new Error(`${schema['x-type']} may be issued by ${unknown}, which is no role`);
    const personal = Object.entries(schema.properties)
      .filter(([, field]) => field['x-personal'])
      .map(([name]) => name);
    const known = {};
    if (fields) collectFields(schema, '', known, schemas);
    return `  [${JSON.stringify(schema['x-type'])}, ${JSON.stringify({ issuers, personal, fields: known })}],`;
  });
  return `// Made by build.js from spec/vocabulary. Do not edit.

/** Every role an issuer may be enrolled with. */
export const ROLES = ${JSON.stringify(roles)};

/**
 * Every statement type: the roles that may issue it, the fields that are personal, and for each field of the body, by its
 * path without positions in arrays, the unit of its number, or the words of a closed list, or an empty text.
 */
export const TYPES = new Map([
${rows.join('\n')}
]);
`;
}

/** The words in the first column of the table under "## Roles". */
function rolesOf(readme) {
  const section = /\n## Roles\n([^]*?)\n## /.exec(readme)[1];
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split('|')[1].matchAll(/`([a-z_]+)`/g)].map(([, role]) => role));
}

function collectFields(schema, prefix, known, schemas) {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const inner = [field, field.items].filter(Boolean).map((shape) => resolve(shape, schemas));
    if (field['x-label-en']) known[path] = inner.find((shape) => shape.enum)?.enum ?? field['x-unit'] ?? '';
    for (const shape of inner) collectFields(shape, path, known, schemas);
  }
}

function resolve(schema, schemas) {
  if (!schema.$ref) return schema;
  const [file, pointer] = schema.$ref.split('#/');
  return pointer.split('/').reduce((inner, name) => inner[name], schemas.get(file));
}
