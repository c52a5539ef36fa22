import type { YamlEntry, YamlNode } from './yaml-node.js';

/** True for a value that the merge key `<<` accepts: a map or a list of maps. */
export function isMergeable(value: YamlNode): boolean {
  return value.kind === 'map' || (value.kind === 'list' && value.items.every(({ kind }) => kind === 'map'));
}

/** The entries that `<<` adds. The first of several maps wins, so later entries of the result override earlier ones. */
export function mergedEntries(value: YamlNode): readonly YamlEntry[] {
  if (value.kind === 'map') return value.entries;
  return value.kind === 'list' ? value.items.toReversed().flatMap(mergedEntries) : [];
}

/** Combines the values of a duplicate key as yaml.v2 decodes them into one struct: maps merge, anything else is replaced. */
export function mergeDuplicates(first: YamlNode, second: YamlNode): YamlNode {
  if (first.kind !== 'map' || second.kind !== 'map') return second;
  const entries = new Map(first.entries.map((entry) => [entry.key, entry]));
  for (const entry of second.entries) {
    const before = entries.get(entry.key);
    entries.set(
      entry.key,
      before === undefined ? entry : { ...entry, value: mergeDuplicates(before.value, entry.value) },
    );
  }
  return { ...second, entries: [...entries.values()] };
}
