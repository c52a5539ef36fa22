import { isRecord } from '../../core/stable.js';
import { bare, jsonNameOf, schemaTypes as z } from './field.js';

/**
 * Renames the members of a value from RKE's JSON names to the keys of cluster.yml, in the order of the schema. Members that
 * the schema does not have are dropped.
 */
export function withFileKeys(schema: z.ZodType, value: unknown): unknown {
  const type = bare(schema);
  if (type instanceof z.ZodArray && Array.isArray(value))
    return value.map((item: unknown) => withFileKeys(type.element as z.ZodType, item));
  if (type instanceof z.ZodRecord && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        withFileKeys(type.valueType as z.ZodType, member),
      ]),
    );
  if (!(type instanceof z.ZodObject) || !isRecord(value)) return value;
  const written = new Map<string, unknown>();
  const writtenNames = new Set<string>();
  for (const [key, member] of Object.entries<z.ZodType>(type.shape)) {
    const name = jsonNameOf(key, member);
    // Two keys may have the same JSON name (`rollingUpdate`, `rollingupdate`); the first one is written.
    if (value[name] === undefined || writtenNames.has(name)) continue;
    writtenNames.add(name);
    written.set(key, withFileKeys(member, value[name]));
  }
  return Object.fromEntries(written);
}
