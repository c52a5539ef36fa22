import { cluster } from '../../src/config/schema/cluster.js';
import { metaOf, schemaTypes as z } from '../../src/config/schema/field.js';

/** docs/cluster-yml.md, from the schema. */
export function clusterYmlDoc(): string {
  const rows = rowsOf(cluster, '', false);
  return `# cluster.yml

All keys of RKE's cluster.yml, as this program reads them. A key marked "not yet" is known but not acted upon: setting it is
refused, with its place in the file, and never ignored. A key that is not here is refused too.

This page is made from the schema (src/config/schema) and kept true by a test.

| key | type | meaning |
|---|---|---|
${rows.map(({ path, type, meaning }) => `| \`${path}\` | ${type} | ${meaning} |`).join('\n')}
`;
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

function rowsOf(schema: z.ZodObject, prefix: string, isPending: boolean): Row[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const type = bare(field);
    const { doc = '', pending = false } = metaOf(type);
    const path = `${prefix}${key}`;
    const isNotYet = isPending || pending;
    const meaning = [isNotYet ? 'not yet' : '', doc].filter((part) => part !== '').join('; ');
    const own = { path, type: typeName(type), meaning };
    const inner = innerObject(type);
    // What is not acted upon is named once, without its parts.
    return inner === undefined || isNotYet
      ? [own]
      : [own, ...rowsOf(inner.schema, `${path}${inner.mark}.`, isNotYet)];
  });
}

function innerObject(type: z.ZodType): { readonly schema: z.ZodObject; readonly mark: string } | undefined {
  if (type instanceof z.ZodObject) return { schema: type, mark: '' };
  if (!(type instanceof z.ZodArray)) return undefined;
  const element = bare(type.element as z.ZodType);
  return element instanceof z.ZodObject ? { schema: element, mark: '[]' } : undefined;
}

function typeName(type: z.ZodType): string {
  if (type instanceof z.ZodString) return 'text';
  if (type instanceof z.ZodBoolean) return 'true/false';
  if (type instanceof z.ZodNumber) return 'number';
  if (type instanceof z.ZodEnum) return type.options.join(', ');
  if (type instanceof z.ZodArray) return `list of ${typeName(bare(type.element as z.ZodType))}`;
  if (type instanceof z.ZodRecord) return 'map';
  return type instanceof z.ZodObject ? 'keys' : 'as Kubernetes has it';
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
}
