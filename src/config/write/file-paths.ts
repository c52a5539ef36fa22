import { isRecord } from '../../core/stable.js';

/** A map of a cluster.yml that is being composed. */
export type FileMap = Record<string, unknown>;

/** Keys and indices from the top to a value. */
export type FilePath = readonly (string | number)[];

/** The value at a path, or undefined. */
export function valueAt(file: unknown, path: FilePath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      Array.isArray(value) ? value[Number(part)] : isRecord(value) ? value[String(part)] : undefined,
    file,
  );
}

/** Sets the value at a path, and creates the maps above it. */
export function setAt(file: FileMap, path: FilePath, value: unknown): void {
  let place: FileMap = file;
  for (const part of path.slice(0, -1)) {
    const next = place[part];
    if (!isRecord(next) && !Array.isArray(next)) place[part] = {};
    place = place[part] as FileMap;
  }
  place[path.at(-1) ?? ''] = value;
}

/** Deletes the value at a path, and the maps above it that become empty. */
export function deleteAt(file: FileMap, path: FilePath): void {
  const above = valueAt(file, path.slice(0, -1));
  if (!isRecord(above)) return;
  Reflect.deleteProperty(above, path.at(-1) ?? '');
  if (path.length > 1 && Object.keys(above).length === 0) deleteAt(file, path.slice(0, -1));
}

/** The paths of all values that are not maps; of lists, only `nodes` is looked into. */
export function leafPaths(value: unknown, path: FilePath = []): FilePath[] {
  if (isRecord(value))
    return Object.entries(value).flatMap(([key, member]) => leafPaths(member, [...path, key]));
  const isNodes = Array.isArray(value) && path.length === 1 && path[0] === 'nodes';
  return isNodes ? value.flatMap((node, index) => leafPaths(node, [...path, index])) : [path];
}

/** The same value with the keys of its maps in the order of another one. */
export function orderLike(model: unknown, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => orderLike(Array.isArray(model) ? model[index] : undefined, item));
  if (!isRecord(value)) return value;
  const order = isRecord(model) ? Object.keys(model) : [];
  const keys = [
    ...order.filter((key) => key in value),
    ...Object.keys(value).filter((key) => !order.includes(key)),
  ];
  return Object.fromEntries(
    keys.map((key) => [key, orderLike(isRecord(model) ? model[key] : undefined, value[key])]),
  );
}
