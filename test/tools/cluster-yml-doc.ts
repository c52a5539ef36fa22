import { bare, schemaTypes as z } from '../../src/config/schema/field.js';
import { flat, schemaKeys, type SchemaKey } from './schema-keys.js';

/** docs/cluster-yml.md, from the schema. */
export function clusterYmlDoc(): string {
  const keys = schemaKeys();
  const objects = flat(keys).filter((key) => key.keys.length > 0);
  return `# cluster.yml

All keys of RKE's cluster.yml, as this program reads them. A key marked "not yet" is known but not acted upon: where it is set,
nothing is changed, and its place in the file is named; it is never ignored. A key that is not here is a mistake.

This page and [cluster.schema.json](cluster.schema.json) are made from the schema (src/config/schema) and kept true by a test.
For completion and checks in an editor, let the first line of the file be

\`\`\`yaml
# yaml-language-server: $schema=<path of this folder>/cluster.schema.json
\`\`\`

Where a text is wanted, a number or true/false is one, too, as it is written. For \`true\` and \`false\`, \`yes\`, \`on\`, \`no\` and
\`off\` may stand, but not in quotes; numbers have no quotes, either. \`~\` is the same as leaving the key out.

## All keys at the top

${table(keys)}
${objects.map(section).join('\n')}
## Keys that mean nothing any more

Older releases of RKE wrote them, and files of long-lived clusters still have them: each is a warning.

| key | why |
|---|---|
${flat(keys)
  .filter(({ meta }) => meta.retired !== undefined)
  .map(({ path, meta }) => `| ${code(path)} | ${cell(meta.retired ?? '')} |`)
  .join('\n')}
`;
}

function section({ inner, keys, meta, isPending }: SchemaKey): string {
  return `## \`${inner}\`

${isPending ? 'Not yet. ' : ''}${meta.doc ?? ''}

${table(keys)}
`;
}

const columns: readonly { readonly title: string; readonly of: (key: SchemaKey) => string }[] = [
  { title: 'key', of: ({ name }) => code(name) },
  { title: 'type', of: ({ type, inner, keys }) => typeName(type, keys.length === 0 ? '' : inner) },
  { title: 'default', of: ({ meta }) => cell(meta.default ?? '') },
  { title: 'since', of: ({ meta }) => cell(meta.since ?? '') },
  {
    title: 'meaning',
    of: ({ meta, isPending }) => cell(`${isPending ? '**Not yet.** ' : ''}${meta.doc ?? ''}`),
  },
  {
    title: 'example',
    of: ({ name, meta }) => (meta.example === undefined ? '' : code(`${name}: ${meta.example}`)),
  },
];

/** Columns in which nothing would stand are left out. */
function table(all: readonly SchemaKey[]): string {
  const keys = all.filter(({ meta }) => meta.retired === undefined);
  const used = columns.filter(({ of }) => keys.some((key) => of(key) !== ''));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(used.map(({ title }) => title)),
    row(used.map(() => '---')),
    ...keys.map((key) => row(used.map(({ of }) => of(key)))),
  ].join('\n');
}

function typeName(type: z.ZodType, inner: string): string {
  if (type instanceof z.ZodString) return 'text';
  if (type instanceof z.ZodBoolean) return 'true/false';
  if (type instanceof z.ZodNumber) return type.safeParse(0.5).success ? 'number' : 'whole number';
  if (type instanceof z.ZodEnum) return type.options.map((option) => code(String(option))).join(', ');
  if (type instanceof z.ZodArray) return `list of ${typeName(bare(type.element as z.ZodType), inner)}`;
  if (type instanceof z.ZodRecord)
    return `names, each with ${typeName(bare(type.valueType as z.ZodType), inner)}`;
  return type instanceof z.ZodObject ? keysLink(inner) : 'as Kubernetes has it';
}

function keysLink(inner: string): string {
  return inner === '' ? 'map' : `[map](#${inner.toLowerCase().replace(/[^a-z0-9_ -]/g, '')})`;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** Of all that markdown reads in a table, only the bar would break it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
