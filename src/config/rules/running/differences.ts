import { isRecord, stableStringify } from '../../../core/stable.js';
import type { ClusterSpec, NodeSpec } from '../../cluster-spec.js';
import { cluster } from '../../schema/cluster.js';
import { bare, jsonNameOf, metaOf, schemaTypes as z } from '../../schema/field.js';

/** One value that differs between two resolved clusters. */
export interface Difference {
  /** Its key in the schema: `nodes[].labels`, `services.etcd.extra_args`. */
  readonly key: string;
  /** Its path in the new file: `nodes[1].labels.disk`. */
  readonly path: string;
  /** The last part of the path, if the user chose it: `data-dir` in `extra_args`. */
  readonly name?: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * All values that differ, in the order of the schema. Absent and empty are equal, the same as in Go, so a file that RKE v1
 * resolved and the same file resolved here have no differences. Nodes are compared by address; nodes on one side only are not
 * listed (see node-rules.ts).
 */
export function differences(before: ClusterSpec, after: ClusterSpec): Difference[] {
  return inObject(cluster, { key: '', path: '' }, { before, after });
}

type Place = Pick<Difference, 'key' | 'path'>;
type Pair = Pick<Difference, 'before' | 'after'>;

function inObject(schema: z.ZodObject, place: Place, { before, after }: Pair): Difference[] {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const known = new Set<string>();
  return Object.entries(shape).flatMap(([name, field]) => {
    const json = jsonNameOf(name, field);
    // Two spellings of a key have the same value.
    if (known.has(json) || metaOf(bare(field)).retired !== undefined) return [];
    known.add(json);
    const pair = { before: memberOf(before, json), after: memberOf(after, json) };
    return inValue(bare(field), below(place, name), pair);
  });
}

function inValue(type: z.ZodType, place: Place, pair: Pair): Difference[] {
  if (isSame(pair)) return [];
  if (place.key === 'nodes') return inNodes(type, pair);
  if (type instanceof z.ZodObject) return inObject(type, place, pair);
  if (type instanceof z.ZodRecord) return inRecord(place, pair);
  return [{ ...place, ...pair }];
}

function inRecord(place: Place, { before, after }: Pair): Difference[] {
  const names = [...Object.keys(recordOf(before)), ...Object.keys(recordOf(after))];
  return [...new Set(names)].flatMap((name) => {
    const pair = { before: memberOf(before, name), after: memberOf(after, name) };
    // An entry that the user named exists or not: an empty value is a value.
    if (stableStringify(pair.before) === stableStringify(pair.after)) return [];
    return [{ key: place.key, path: `${place.path}.${name}`, name, ...pair }];
  });
}

function inNodes(type: z.ZodType, { before, after }: Pair): Difference[] {
  const element = type instanceof z.ZodArray ? bare(type.element as z.ZodType) : type;
  if (!(element instanceof z.ZodObject)) return [];
  const running = nodesOf(before);
  return nodesOf(after).flatMap((node, index) => {
    const same = running.find(({ address }) => address === node.address);
    if (same === undefined) return [];
    return inObject(element, { key: 'nodes[]', path: `nodes[${index}]` }, { before: same, after: node });
  });
}

/** True if both are equal in Go, where empty members are absent. */
export function isSame({ before, after }: Pair): boolean {
  return stableStringify(withoutEmpty(before)) === stableStringify(withoutEmpty(after));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (isRecord(value)) {
    const members = Object.entries(value).flatMap(([name, member]) => {
      const full = withoutEmpty(member);
      return full === undefined ? [] : [[name, full] as const];
    });
    return members.length === 0 ? undefined : Object.fromEntries(members);
  }
  return value === null || value === '' || value === 0 || value === false ? undefined : value;
}

function below({ key, path }: Place, name: string): Place {
  return key === '' ? { key: name, path: name } : { key: `${key}.${name}`, path: `${path}.${name}` };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
const memberOf = (value: unknown, name: string): unknown => recordOf(value)[name];
const nodesOf = (value: unknown): readonly NodeSpec[] =>
  Array.isArray(value) ? (value as readonly NodeSpec[]) : [];

/** Every key that a difference may have, in the order of the schema. */
export function differenceKeys(): string[] {
  return keysOf(cluster, '');
}

function keysOf(schema: z.ZodObject, above: string): string[] {
  const seen = new Set<string>();
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, field]) => {
    const type = bare(field);
    const json = jsonNameOf(name, field);
    if (seen.has(json) || metaOf(type).retired !== undefined) return [];
    seen.add(json);
    const key = above === '' ? name : `${above}.${name}`;
    if (type instanceof z.ZodObject) return keysOf(type, key);
    const element = key === 'nodes' && type instanceof z.ZodArray ? bare(type.element as z.ZodType) : type;
    return element instanceof z.ZodObject ? keysOf(element, 'nodes[]') : [key];
  });
}
