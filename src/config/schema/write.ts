import { isRecord } from '../../core/stable.js';
import { bare, jsonNameOf, schemaTypes as z } from './field.js';

/**
 * A value under RKE's JSON names as cluster.yml writes it: under the keys of the schema, in its order. What the schema does
 * not know is left out.
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
  const done = new Set<string>();
  for (const [key, member] of Object.entries<z.ZodType>(type.shape)) {
    const name = jsonNameOf(key, member);
    // Two keys may mean the same member (`rollingUpdate`, `rollingupdate`); the first is the one to write.
    if (value[name] === undefined || done.has(name)) continue;
    done.add(name);
    written.set(key, withFileKeys(member, value[name]));
  }
  return Object.fromEntries(written);
}
