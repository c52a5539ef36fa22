import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyValues, inFile, overlay } from '../../src/yaml/overlay.js';
import { parseYaml } from '../../src/yaml/parse-yaml.js';
import { plainValue } from '../../src/yaml/plain-yaml.js';
import type { YamlNode } from '../../src/yaml/yaml-node.js';

function parse(text: string): YamlNode {
  const parsed = parseYaml(text);
  if (!parsed.ok || parsed.value === undefined) throw new Error(`not a document: ${text}`);
  return parsed.value;
}

function merged(below: string, ...above: readonly string[]): unknown {
  const node = above.map(parse).reduce<YamlNode | undefined>(overlay, parse(below));
  return node === undefined ? undefined : plainValue(node);
}

describe('an overlay', () => {
  it.each([
    ['adds a key', 'a: 1', 'b: 2', { a: 1, b: 2 }],
    ['replaces a value', 'a: 1\nb: 2', 'b: 3', { a: 1, b: 3 }],
    ['merges maps', 'a: { x: 1, y: 2 }', 'a: { y: 3, z: 4 }', { a: { x: 1, y: 3, z: 4 } }],
    ['replaces a list as a whole', 'a: [1, 2]', 'a: [3]', { a: [3] }],
    ['replaces a map by a list', 'a: { x: 1 }', 'a: [3]', { a: [3] }],
    ['replaces a scalar by a map', 'a: 1', 'a: { x: 2 }', { a: { x: 2 } }],
    ['removes a key', 'a: 1\nb: 2', 'a: null', { b: 2 }],
    ['removes a key in a map', 'a: { x: 1, y: 2 }', 'a: { x: ~ }', { a: { y: 2 } }],
    ['removes nothing where nothing is', 'a: 1', 'b: { x: null }', { a: 1, b: {} }],
    ['keeps an empty string', 'a: 1', 'a: ""', { a: '' }],
    ['keeps the order of keys', 'b: 1\na: 2', 'c: 3\nb: 4', { b: 4, a: 2, c: 3 }],
  ])('%s', (_what, below, above, expected) => {
    expect(merged(below, above)).toEqual(expected);
    expect(Object.keys(merged(below, above) as object)).toEqual(Object.keys(expected));
  });

  it('is on top of those before it', () => {
    expect(merged('a: 1', 'a: 2\nb: 2', 'b: 3')).toEqual({ a: 2, b: 3 });
  });

  it('gives each value its own position and file', () => {
    const node = overlay(parse('a: 1\nb: { x: 1 }'), inFile(parse('\n\nb: { x: 2 }'), 'over.yml'));
    const [, b] = node?.kind === 'map' ? node.entries : [];
    expect(b?.keyPosition.file).toBeUndefined();
    const x = b?.value.kind === 'map' ? b.value.entries[0] : undefined;
    expect(x?.value.position).toMatchObject({ line: 3, file: 'over.yml' });
  });
});

it('finds keys without a value, which a commented-out block leaves', () => {
  const found = emptyValues(parse('a:\nb: { x: , y: 1 }\nc: null\nd: ""\n'));
  expect(found.map(({ path }) => path)).toEqual(['a', 'b.x']);
});

describe('for all documents', () => {
  const value = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.integer(), fc.constantFrom('text', '', true), fc.array(fc.integer(), { maxLength: 3 })),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any'), { maxKeys: 3 }),
    any: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('map')),
  }));
  const map = value.map.filter((one) => Object.keys(one as object).length > 0);
  const text = (one: unknown): string => JSON.stringify(one);

  it('an empty overlay changes nothing, and neither does the document itself', () => {
    fc.assert(
      fc.property(map, (one) => {
        expect(merged(text(one), '{}')).toEqual(one);
        expect(merged(text(one), text(one))).toEqual(one);
      }),
    );
  });

  it('every value of the overlay is in the result', () => {
    const includes = (whole: unknown, part: unknown): boolean =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.entries(part).every(([key, one]) => includes((whole as Record<string, unknown>)[key], one))
        : JSON.stringify(whole) === JSON.stringify(part);
    fc.assert(
      fc.property(map, map, (below, above) => {
        expect(includes(merged(text(below), text(above)), above)).toBe(true);
      }),
    );
  });
});
