import { bare, schemaTypes as z } from '../../src/config/schema/field.js';
import { flat, schemaKeys, type SchemaKey } from './schema-keys.js';

/** docs/cluster-yml.md, generated from the schema. */
export function clusterYmlDoc(): string {
  const keys = schemaKeys();
  const objects = flat(keys).filter((key) => key.keys.length > 0);
  return `# cluster.yml

All keys of RKE's cluster.yml. A key that is marked "not supported yet" is known but has no effect: \`rke up\` reports its
position and changes nothing. A key that is not listed here is an error. [cluster-file.md](cluster-file.md): the file from standard
input.

This page and [cluster.schema.json](cluster.schema.json) are generated from the schema (\`src/config/schema\`) and checked by a
test. For completion and validation in an editor, start the file with

\`\`\`yaml
# yaml-language-server: $schema=<path of this directory>/cluster.schema.json
\`\`\`

A string may also be written as a number or a boolean. A boolean is \`true\`, \`yes\`, \`on\`, \`false\`, \`no\` or \`off\`, without
quotes; numbers have no quotes either. \`~\` is the same as leaving the key out. The examples of a section show each key by
itself; not all of them can be set together.

## Top level

${content({ inner: '', keys, isPending: false })}
${objects.map(section).join('\n')}
## Retired keys

Older releases of RKE wrote these keys, and files of long-lived clusters still contain them. They have no effect, and rke warns
about each.

| key | why |
|---|---|
${flat(keys)
  .filter(({ meta }) => meta.retired !== undefined)
  .map(({ path, meta }) => `| ${code(path)} | ${cell(meta.retired ?? '')} |`)
  .join('\n')}
`;
}

function section(key: SchemaKey): string {
  const { inner, meta, isPending } = key;
  return `## \`${inner}\`

${[isPending ? 'Not supported yet.' : '', meta.doc ?? '', meta.details ?? ''].filter((part) => part !== '').join(' ')}

${content(key)}
`;
}

type Section = Pick<SchemaKey, 'inner' | 'keys' | 'isPending'>;

/** The table of a section, texts that do not fit into it, and the examples. */
function content({ inner, keys: all, isPending }: Section): string {
  const keys = all.filter(({ meta }) => meta.retired === undefined);
  const notes = keys
    .filter((key) => key.meta.details !== undefined && key.keys.length === 0)
    .map((key) => `- ${code(key.name)}: ${key.meta.details ?? ''}`);
  return [table(keys, isPending), notes.join('\n'), exampleBlock(inner, keys)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Columns in which a line of a table ends; prettier would align a wider table and pad every line. */
export const maxTableWidth = 160;

/** Empty columns are omitted. */
function table(keys: readonly SchemaKey[], isSectionPending: boolean): string {
  const columns: readonly { readonly title: string; readonly of: (key: SchemaKey) => string }[] = [
    { title: 'key', of: ({ name }) => code(name) },
    { title: 'type', of: ({ type, inner, keys: below }) => typeName(type, below.length === 0 ? '' : inner) },
    { title: 'default', of: (key) => cell(key.meta.default ?? '') },
    { title: 'meaning', of: (key) => meaning(key, isSectionPending) },
  ];
  const used = columns.filter(({ of }) => keys.some((key) => of(key) !== ''));
  const rows = [used.map(({ title }) => title), ...keys.map((key) => used.map(({ of }) => of(key)))];
  const widths = used.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const alignedWidth = widths.reduce((sum, width) => sum + width + 3, 1);
  const [head = '', ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [
    ...(alignedWidth > maxTableWidth ? ['<!-- prettier-ignore -->'] : []),
    head,
    `| ${used.map(() => '---').join(' | ')} |`,
    ...body,
  ].join('\n');
}

function meaning({ meta: { doc = '', since }, isPending }: SchemaKey, isSectionPending: boolean): string {
  const parts = [isPending && !isSectionPending ? '*Not supported yet.*' : '', cell(doc)];
  if (since !== undefined) parts.push(`Since ${since}.`);
  return parts.filter((part) => part !== '').join(' ');
}

function typeName(type: z.ZodType, inner: string): string {
  if (type instanceof z.ZodEnum) return type.options.map((option) => code(String(option))).join(', ');
  if (type instanceof z.ZodArray) return `list of ${pluralName(bare(type.element as z.ZodType), inner)}`;
  if (type instanceof z.ZodRecord) return `map of ${pluralName(bare(type.valueType as z.ZodType), inner)}`;
  if (type instanceof z.ZodObject) return keysLink('map', inner);
  if (type instanceof z.ZodString) return 'string';
  if (type instanceof z.ZodBoolean) return 'boolean';
  if (type instanceof z.ZodNumber) return type.safeParse(0.5).success ? 'number' : 'integer';
  return 'any';
}

function pluralName(type: z.ZodType, inner: string): string {
  if (type instanceof z.ZodObject) return keysLink('maps', inner);
  if (type instanceof z.ZodEnum) return typeName(type, inner);
  if (type instanceof z.ZodArray) return `lists of ${pluralName(bare(type.element as z.ZodType), inner)}`;
  if (type instanceof z.ZodRecord) return `maps of ${pluralName(bare(type.valueType as z.ZodType), inner)}`;
  const name = typeName(type, inner);
  return name === 'any' ? 'Kubernetes objects' : `${name}s`;
}

function keysLink(text: string, inner: string): string {
  return inner === '' ? text : `[${text}](#${inner.toLowerCase().replace(/[^a-z0-9_ -]/g, '')})`;
}

/** The examples of a section as YAML, below the keys that lead to it; empty if there are none. */
function exampleBlock(inner: string, keys: readonly SchemaKey[]): string {
  const examples = keys.filter((key) => key.meta.example !== undefined);
  if (examples.length === 0) return '';
  const lines: string[] = [];
  let indent = '';
  let dashes = '';
  for (const segment of inner === '' ? [] : inner.split('.')) {
    lines.push(`${indent}${dashes}${segment.replace(/(\[\])+$/, '').replace(/[<>]/g, '')}:`);
    indent += ' '.repeat(dashes.length + 2);
    dashes = '- '.repeat((segment.length - segment.replace(/(\[\])+$/, '').length) / 2);
  }
  for (const [index, key] of examples.entries())
    lines.push(
      `${indent}${index === 0 ? dashes : ' '.repeat(dashes.length)}${key.name}: ${key.meta.example ?? ''}`,
    );
  return ['```yaml', ...lines, '```'].join('\n');
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** Escapes the only character that ends a table cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
