import { z } from 'zod';

/** What a key is besides its type. */
export interface FieldMeta {
  /** One sentence for docs/cluster-yml.md and for editors. */
  readonly doc: string;
  /** Its name in cluster.rkestate, where that is not the key in lower camel case. */
  readonly json?: string;
  /** What counts where the key is not set. */
  readonly default?: string;
  /** The release of RKE that it came with, or the version of Kubernetes that it needs. */
  readonly since?: string;
  /** A value as it stands in YAML, in one line. */
  readonly example?: string;
  /** Known, but not acted upon yet: setting it is refused. Holds for all keys below, too. */
  readonly pending?: boolean;
  /** Its keys, and those below, may be written in any case, as Go reads JSON. */
  readonly anyCase?: true;
  /** Older releases of `rke config` wrote the key and RKE v1.6 ignores it: since when, and what serves its end now. */
  readonly retired?: string;
}

const metas = z.registry<FieldMeta>();

/** Marks a type with what else is known of its key: one sentence, or all of it. */
export function field<Type extends z.ZodType>(type: Type, about: string | FieldMeta): Type {
  // A type may stand under several keys; each gets a copy to carry its own marks.
  const copy = type.clone();
  metas.add(copy, typeof about === 'string' ? { doc: about } : about);
  return copy;
}

/** Several keys of one type. */
export function fields<Type extends z.ZodType, Key extends string>(
  type: Type,
  about: Readonly<Record<Key, string | FieldMeta>>,
): Record<Key, Type> {
  const entries = Object.entries<string | FieldMeta>(about).map(([key, one]) => [key, field(type, one)]);
  return Object.fromEntries(entries) as Record<Key, Type>;
}

/** A key that RKE v1.6 has no more; its value may be anything. */
export function retired(why: string): z.ZodType {
  return field(anything, { doc: `Means nothing any more: ${why}.`, retired: why });
}

/** @returns nothing for what is no key: elements of lists, types within types */
export function metaOf(type: z.ZodType): Partial<FieldMeta> {
  return metas.get(type) ?? {};
}

/** The type itself of a key that may be missing. */
export function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? bare(schema.unwrap() as z.ZodType) : schema;
}

/** Its name in cluster.rkestate. */
export function jsonNameOf(key: string, type: z.ZodType): string {
  return (
    metaOf(bare(type)).json ?? key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
  );
}

export const text = z.string();
export const flag = z.boolean();
export const whole = z.int();
export const real = z.number();
export const texts = z.array(text);
export const textMap = z.record(text, text);
export const textLists = z.record(text, texts);
/** Kubernetes' own objects, with their own names: taken as they are. */
export const anything = z.unknown();

/** Keys, each of which may be missing; others are mistakes. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).partial();
}
export const list = z.array;
export const named = <Type extends z.ZodType>(type: Type) => z.record(text, type);
export const oneOf = z.enum;
export { z as schemaTypes };
