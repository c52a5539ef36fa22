import type { YamlNode } from '../../yaml/yaml-node.js';

/** A hint for a value like `v:4` that was meant as a key and its value; empty for any other value. */
export function suggestSpaceInValue(node: YamlNode): string {
  return node.kind === 'scalar' && !node.isQuoted ? (suggestSpace(node.text) ?? '') : '';
}

/** The same hint for a key, if the part before the colon is a known key. */
export function suggestSpaceInKey(key: string, shape: object): string | undefined {
  return Object.hasOwn(shape, key.split(':', 1)[0] ?? '') ? suggestSpace(key) : undefined;
}

/** YAML reads `key:value` as one word. A URL is meant as one. */
function suggestSpace(text: string): string | undefined {
  const [, key, value] = /^([\w.-]+):(\S[^\n]*)$/.exec(text) ?? [];
  return key === undefined || value === undefined || value.startsWith('//')
    ? undefined
    : `; add a space after the colon: ${key}: ${value}`;
}
