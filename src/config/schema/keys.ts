import { bare, jsonNameOf, metaOf, type schemaTypes as z } from './field.js';

const supported = new WeakMap<object, readonly string[]>();

/** The keys of a map that are not retired, in the order of the schema. */
export function supportedKeys(shape: Readonly<Record<string, z.ZodType>>): readonly string[] {
  const keys = supported.get(shape) ?? Object.keys(shape).filter((key) => !isRetired(shape[key]));
  supported.set(shape, keys);
  return keys;
}

/** The names of the same keys in RKE's JSON. */
export function jsonNames(schema: z.ZodObject): string[] {
  const shape = schema.shape as Record<string, z.ZodType>;
  return supportedKeys(shape).map((key) => jsonNameOf(key, shape[key] ?? schema));
}

/** The key as the schema spells it; a key that the schema does not have stays as it is. */
export function matchKeyCase(key: string, shape: object): string {
  const lower = key.toLowerCase();
  return Object.keys(shape).find((known) => known.toLowerCase() === lower) ?? key;
}

function isRetired(field: z.ZodType | undefined): boolean {
  return field !== undefined && metaOf(bare(field)).retired !== undefined;
}
