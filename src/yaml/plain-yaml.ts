import { booleanOf, isNull, numberOf, type YamlNode } from './yaml-node.js';
import { parseYaml } from './parse-yaml.js';

/**
 * Parses a YAML text to JSON values; the last of duplicate keys wins.
 *
 * @returns undefined if the text is not YAML
 */
export function plainYaml(text: string): unknown {
  const parsed = parseYaml(text, 'last');
  return parsed.ok && parsed.value !== undefined ? plainValue(parsed.value) : undefined;
}

/** The JSON value of a node. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  if (isNull(node)) return null;
  return booleanOf(node) ?? numberOf(node) ?? node.text;
}
