import type { Position } from '../core/diagnostic.js';
import { isNull, type YamlEntry, type YamlNode } from './yaml-node.js';

/**
 * Puts a document over another one: maps are merged key by key, everything else replaces what is below it. A value of `null` or `~`
 * removes the key. Keys of the lower document keep their order, new ones follow.
 */
export function overlay(below: YamlNode | undefined, above: YamlNode | undefined): YamlNode | undefined {
  if (above === undefined || below === undefined) return above === undefined ? below : withoutNulls(above);
  if (below.kind !== 'map' || above.kind !== 'map') return withoutNulls(above);
  const over = new Map(above.entries.map((entry) => [entry.key, entry]));
  const kept = below.entries.flatMap((entry): YamlEntry[] => {
    const other = over.get(entry.key);
    if (other === undefined) return [entry];
    if (isNull(other.value)) return [];
    const value = overlay(entry.value, other.value) ?? other.value;
    return [{ ...(value.kind === 'map' && entry.value.kind === 'map' ? entry : other), value }];
  });
  const known = new Set(below.entries.map(({ key }) => key));
  const added = above.entries.filter(({ key, value }) => !known.has(key) && !isNull(value));
  return { ...below, entries: [...kept, ...added.map(withoutNullsIn)] };
}

/** What removes keys removes nothing where no key is below it. */
function withoutNulls(node: YamlNode): YamlNode {
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.filter(({ value }) => !isNull(value)).map(withoutNullsIn) };
}

const withoutNullsIn = (entry: YamlEntry): YamlEntry => ({ ...entry, value: withoutNulls(entry.value) });

/** The positions of keys without a value: whether they mean to remove something cannot be told. */
export function emptyValues(node: YamlNode | undefined, path = ''): { path: string; position: Position }[] {
  if (node?.kind !== 'map') return [];
  return node.entries.flatMap(({ key, keyPosition, value }) => {
    const at = path === '' ? key : `${path}.${key}`;
    const isEmpty = value.kind === 'scalar' && !value.isQuoted && value.text === '';
    return isEmpty ? [{ path: at, position: keyPosition }] : emptyValues(value, at);
  });
}

/** The same document, whose positions name its file. */
export function inFile(node: YamlNode, file: string): YamlNode {
  const position = { ...node.position, file };
  if (node.kind === 'list') return { ...node, position, items: node.items.map((item) => inFile(item, file)) };
  if (node.kind === 'scalar') return { ...node, position };
  const entries = node.entries.map(({ key, keyPosition, value }) => ({
    key,
    keyPosition: { ...keyPosition, file },
    value: inFile(value, file),
  }));
  return { ...node, position, entries };
}
