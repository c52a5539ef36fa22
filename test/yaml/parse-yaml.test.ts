import { describe, expect, it } from 'vitest';
import { parseYaml, type Duplicates } from '../../src/yaml/parse-yaml.js';
import { plainValue } from '../../src/yaml/plain-yaml.js';

/** The values of a text, or its errors as `line:column message`. */
function read(text: string, duplicates?: Duplicates): unknown {
  const parsed = parseYaml(text, duplicates);
  if (parsed.ok) return parsed.value && plainValue(parsed.value);
  return parsed.diagnostics.map(
    ({ position, message }) => `${position?.line ?? 0}:${position?.column ?? 0} ${message}`,
  );
}

describe('parseYaml', () => {
  it.each<[what: string, text: string, error: string]>([
    ['a merge conflict', 'a: 1\n<<<<<<< HEAD\nb: 2\n', '2:1 invalid YAML: unresolved git merge conflict'],
    ['a placeholder', 'a: @IP@\n', '1:4 invalid YAML: a value cannot start with @; quote it'],
    ['an unknown alias', 'a: *b\n', '1:4 unknown alias *b: no anchor &b before it'],
    ['a merge of a scalar', '<<: x\n', '1:5 expected a map or a list of maps to merge with <<'],
    ['an infinity', 'a: .inf\n', '1:4 .inf is not supported; quote it if it is a string'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', '3:1 duplicate key, already set on line 1; remove one of them'],
  ])('reports %s with its position', (_what, text, error) => {
    expect(read(text)).toEqual([error]);
  });

  it('reads the first document and warns of others', () => {
    expect(parseYaml('# one\na: 1\n---\nb: 2\n')).toMatchObject({
      ok: true,
      value: { entries: [{ key: 'a' }] },
      warnings: [{ code: 'second-document', severity: 'warning', position: { line: 4, column: 1 } }],
    });
  });

  it.each(['a: 1\n---\n', '---\na: 1\n...\n', 'a: 1\n---\n# nothing\n---\n'])(
    'accepts documents without content after the first one: %j',
    (text) => {
      expect(parseYaml(text)).toMatchObject({ ok: true, warnings: [] });
    },
  );

  it('suggests the space after a colon if the line before an error lacks it', () => {
    expect(read('cluster_name:prod\nnodes: []\n')).toEqual([
      expect.stringMatching(
        /^2:\d+ invalid YAML: .*; add a space after the colon on line 1: cluster_name: prod$/,
      ),
    ]);
  });

  it('merges the maps of a duplicate key or takes the last value, as requested', () => {
    const text = 'a: { x: 1, y: { p: 1 } }\na: { y: { q: 2 } }\n';
    expect(read(text, 'merge')).toEqual({ a: { x: 1, y: { p: 1, q: 2 } } });
    expect(read(text, 'last')).toEqual({ a: { y: { q: 2 } } });
  });

  it('lets a merge key override only the keys before it', () => {
    expect(read('base: &b { x: 1 }\nfirst: { <<: *b, x: 2 }\nlast: { x: 2, <<: *b }\n')).toEqual({
      base: { x: 1 },
      first: { x: 2 },
      last: { x: 1 },
    });
  });

  it('takes the first of several merged maps', () => {
    expect(read('- &a { x: 1 }\n- &b { x: 2, y: 2 }\n- { <<: [*a, *b] }\n')).toEqual([
      { x: 1 },
      { x: 2, y: 2 },
      { x: 1, y: 2 },
    ]);
  });

  it('applies the tags for strings, base64 and numbers', () => {
    expect(read('[!!str 1, !!binary aGk=, !!int "7"]')).toEqual(['1', 'hi', 7]);
  });
});
