import type { YamlNode } from './yaml-node.js';

/** True if both are the same values in the same order, wherever they stand. */
export function sameYaml(one: YamlNode, other: YamlNode): boolean {
  if (one.kind === 'scalar' && other.kind === 'scalar')
    return one.text === other.text && one.isQuoted === other.isQuoted;
  if (one.kind === 'list' && other.kind === 'list')
    return (
      one.items.length === other.items.length &&
      one.items.every((item, index) => sameItem(item, other.items[index]))
    );
  if (one.kind === 'map' && other.kind === 'map')
    return (
      one.entries.length === other.entries.length &&
      one.entries.every(
        ({ key, value }, index) =>
          key === other.entries[index]?.key && sameItem(value, other.entries[index].value),
      )
    );
  return false;
}

const sameItem = (one: YamlNode, other: YamlNode | undefined): boolean =>
  other !== undefined && sameYaml(one, other);
