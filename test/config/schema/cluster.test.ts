import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/schema/parse-config.js';
import { flat, schemaKeys, type SchemaKey } from '../../tools/schema-keys.js';
import { documentAt } from '../../tools/schema-path.js';

const tree = schemaKeys();
const keys = flat(tree);
const plans = fileURLToPath(new URL('../../fixtures/vectors/plans/', import.meta.url));

/** Paths of a state file's JSON that are not keys of the schema. */
function unknownIn(value: unknown, known: readonly SchemaKey[], above = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]: [string, unknown]) => {
    const path = `${above}.${name}`;
    const key = known.find(({ statePath }) => statePath.split('.').at(-1) === name);
    if (key === undefined) return [path];
    if (key.keys.length === 0) return [];
    return partsOf(below, key.inner.slice(key.path.length)).flatMap((part) =>
      unknownIn(part, key.keys, path),
    );
  });
}

/** The elements of a list, or the values of a map. */
function partsOf(value: unknown, mark: string): unknown[] {
  return mark === '' || typeof value !== 'object' || value === null ? [value] : Object.values(value);
}

/** The value at a path like `nodes[].labels`, from the first element of each list. */
function valueAt(value: unknown, path: string): unknown {
  return path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>(
      (part, name) =>
        typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[name] : undefined,
      value,
    );
}

describe('the schema of cluster.yml', () => {
  it('describes every key in a sentence', () => {
    expect(keys.length).toBeGreaterThan(549);
    expect(keys.filter(({ meta }) => !/^\S.*\.$/.test(meta.doc ?? '')).map(({ path }) => path)).toEqual([]);
  });

  it('has the same JSON names as the reader', () => {
    const wrong = keys
      .filter(({ meta }) => meta.retired === undefined)
      .filter(({ path, statePath }) =>
        ['1', 'true', '[]', '{}', 'NoExecute'].every((value) => {
          const parsed = parseConfig(documentAt(path, value));
          return !parsed.ok || valueAt(parsed.value.config, statePath) === undefined;
        }),
      );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('contains every key that RKE wrote into a state file', () => {
    const resolved = readdirSync(plans)
      .filter((name) => name.endsWith('.json'))
      .map((name) => (JSON.parse(readFileSync(`${plans}${name}`, 'utf8')) as { resolved?: unknown }).resolved)
      .filter((one) => one !== undefined);
    expect(resolved.length).toBeGreaterThan(140);
    expect(resolved.flatMap((one) => unknownIn(one, tree))).toEqual([]);
  });
});
