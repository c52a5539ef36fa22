import { z } from 'zod';

/** What is known of a key besides its type. */
export interface FieldMeta {
  /** One short sentence for docs/cluster-yml.md and for editors. */
  readonly doc: string;
  /** Further sentences, for what the short one leaves out. */
  readonly details?: string;
  /** Its name in cluster.rkestate, if that is not the key in lower camel case. */
  readonly json?: string;
  /** The value if the key is not set. */
  readonly default?: string;
  /** The release of RKE that introduced it, or the version of Kubernetes that it requires. */
  readonly since?: string;
  /** A value as YAML on one line. */
  readonly example?: string;
  /** Not supported yet: `rke up` refuses a file that sets it or a key below it. */
  readonly pending?: boolean;
  /** Its keys, and those below, may be written in any case: Go ignores the case of JSON keys. */
  readonly anyCase?: true;
  /** Set for a key that older releases of `rke config` wrote and RKE v1.6 ignores: which releases, and what replaces it. */
  readonly retired?: string;
}

const metas = z.registry<FieldMeta>();

/** Describes the type of a key: with one sentence, or with everything known of the key. */
export function field<Type extends z.ZodType>(type: Type, about: string | FieldMeta): Type {
  // Several keys may share a type; each gets a copy with its own description.
  const copy = type.clone();
  metas.add(copy, typeof about === 'string' ? { doc: about } : about);
  return copy;
}

/** Describes several keys of one type. */
export function fields<Type extends z.ZodType, Key extends string>(
  type: Type,
  about: Readonly<Record<Key, string | FieldMeta>>,
): Record<Key, Type> {
  const entries = Object.entries<string | FieldMeta>(about).map(([key, one]) => [key, field(type, one)]);
  return Object.fromEntries(entries) as Record<Key, Type>;
}

/** A key that RKE v1.6 does not have any more; any value is accepted. */
export function retired(why: string): z.ZodType {
  return field(anything, { doc: `Retired, has no effect: ${why}.`, retired: why });
}

/** @returns an empty object for types without a key, such as list elements */
export function metaOf(type: z.ZodType): Partial<FieldMeta> {
  return metas.get(type) ?? {};
}

/** The type of an optional key. */
export function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? bare(schema.unwrap() as z.ZodType) : schema;
}

/** Its name in cluster.rkestate. */
export function jsonNameOf(key: string, type: z.ZodType): string {
  return (
    metaOf(bare(type)).json ?? key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
  );
}

export const string = z.string();
export const boolean = z.boolean();
export const integer = z.int();
export const number = z.number();
export const strings = z.array(string);
export const stringMap = z.record(string, string);
export const stringLists = z.record(string, strings);
/** Parts of Kubernetes objects, which are passed on unchanged. */
export const anything = z.unknown();

/** A map of optional keys; any other key is an error. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).partial();
}
export const list = z.array;
export const mapOf = <Type extends z.ZodType>(type: Type) => z.record(string, type);
export const oneOf = z.enum;
export { z as schemaTypes };
