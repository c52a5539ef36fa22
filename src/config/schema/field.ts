import { z } from 'zod';

/** What a key is besides its type. */
export interface FieldMeta {
  /** Its name in cluster.rkestate, where that is not the key in lower camel case. */
  readonly json?: string;
  /** Known, but not acted upon yet: setting it is refused. */
  readonly pending?: boolean;
  /** Its keys may be written in any case, as Go reads JSON. */
  readonly anyCase?: boolean;
  /** One sentence for docs/cluster-yml.md. */
  readonly doc?: string;
}

const metas = z.registry<FieldMeta>();

/** Marks a type with what else is known of its key. */
export function field<Type extends z.ZodType>(type: Type, meta: FieldMeta = {}): Type {
  // A type may stand under several keys; each gets a copy to carry its own marks.
  const copy = type.clone();
  metas.add(copy, meta);
  return copy;
}

export function metaOf(type: z.ZodType): FieldMeta {
  return metas.get(type) ?? {};
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

/** Keys of one type, none of which is acted upon yet. */
export function pendingKeys<Type extends z.ZodType>(type: Type, keys: string): Record<string, Type> {
  return Object.fromEntries(
    keys
      .trim()
      .split(/\s+/)
      .map((key) => [key, field(type, { pending: true })]),
  );
}

export const object = z.strictObject;
export const list = z.array;
export const oneOf = z.enum;
export { z as schemaTypes };
