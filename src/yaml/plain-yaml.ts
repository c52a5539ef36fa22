import { booleanOf, isNull, numberOf, type YamlNode } from './yaml-node.js';
import { parseYaml } from './parse-yaml.js';

/**
 * The values of a YAML text as JSON has them; of a key that is there twice the last.
 *
 * @returns undefined for a text that is not YAML
 */
export function plainYaml(text: string): unknown {
  const parsed = parseYaml(text, 'last');
  return parsed.ok && parsed.value !== undefined ? plainValue(parsed.value) : undefined;
}

export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  if (isNull(node)) return null;
  return booleanOf(node) ?? numberOf(node) ?? node.text;
}
