import { cluster } from '../../src/config/schema/cluster.js';
import { bare, metaOf, schemaTypes as z, type FieldMeta } from '../../src/config/schema/field.js';

/** A key of cluster.yml in the schema. */
export interface SchemaKey {
  readonly name: string;
  /** `nodes[].taints[].key`; `<name>` stands for a name that the user chooses. */
  readonly path: string;
  /** The same with the names of cluster.rkestate. */
  readonly statePath: string;
  readonly type: z.ZodType;
  readonly meta: Partial<FieldMeta>;
  /** True if the key, or one above it, is not supported yet. */
  readonly isPending: boolean;
  /** Keys of the map, of each element of the list, or of each value of the map. */
  readonly keys: readonly SchemaKey[];
  /** Path of those keys without their names. */
  readonly inner: string;
}

/** All keys of cluster.yml as a tree, in the order of the schema. */
export function schemaKeys(): readonly SchemaKey[] {
  return keysOf(cluster, { path: '', statePath: '' }, false);
}

/** Flattens a tree of keys; each key precedes the keys below it. */
export function flat(keys: readonly SchemaKey[]): readonly SchemaKey[] {
  return keys.flatMap((key) => [key, ...flat(key.keys)]);
}

type Place = Pick<SchemaKey, 'path' | 'statePath'>;

function keysOf(schema: z.ZodObject, above: Place, isPending: boolean): SchemaKey[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const type = bare(field);
    const meta = metaOf(type);
    const path = below(above.path, name);
    const statePath = below(above.statePath, meta.json ?? camelCase(name));
    const isKeyPending = isPending || meta.pending === true;
    const { object, mark } = objectIn(type);
    const inner = `${path}${mark}`;
    const keys =
      object === undefined
        ? []
        : keysOf(object, { path: inner, statePath: `${statePath}${mark}` }, isKeyPending);
    return { name, path, statePath, type, meta, isPending: isKeyPending, keys, inner };
  });
}

function objectIn(type: z.ZodType): { readonly object?: z.ZodObject; readonly mark: string } {
  if (type instanceof z.ZodObject) return { object: type, mark: '' };
  const [element, mark] =
    type instanceof z.ZodArray
      ? [type.element, '[]']
      : type instanceof z.ZodRecord
        ? [type.valueType, '.<name>']
        : [undefined, ''];
  if (element === undefined) return { mark: '' };
  const { object, mark: rest } = objectIn(bare(element as z.ZodType));
  return object === undefined ? { mark: '' } : { object, mark: `${mark}${rest}` };
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}
