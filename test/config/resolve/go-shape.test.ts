import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goShape } from '../../../src/config/resolve/go-shape.js';

/**
 * Members of RKE's configuration (types/rke_types.go of 1.6.3, by reflection) for which Go's encoder does not simply omit
 * empty values: `ALWAYS` has no omitempty, `STRUCT` is not a pointer, `PTR` points to a scalar, `MAP` is omitted only if empty.
 */
const members = readFileSync(new URL('../../fixtures/rke-types/members.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split(' ') as [kind: string, path: string, type: string]);
const paths = (wanted: string): [path: string, type: string][] =>
  members.flatMap(([kind, path, type]) => (kind === wanted ? [[path, type]] : []));

/** The smallest configuration that contains the object of a member, with or without that member. */
function around(path: string, value?: unknown): object {
  const [name = '', ...deeper] = path.split('.');
  const key = name === '*' ? 'any' : name.replace('[]', '');
  if (deeper.length === 0) return value === undefined ? {} : { [key]: value };
  const inner = around(deeper.join('.'), value);
  return { [key]: name.endsWith('[]') ? [inner] : inner };
}

function memberOf(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((object, name) => {
    const found = (object as Record<string, unknown> | undefined)?.[
      name === '*' ? 'any' : name.replace('[]', '')
    ];
    return name.endsWith('[]') && Array.isArray(found) ? found[0] : found;
  }, config);
}

describe('goShape', () => {
  it.each(paths('ALWAYS'))('writes %s if it is not set', (path) => {
    expect(memberOf(goShape(around(path)), path)).not.toBeUndefined();
  });

  // Every resolved configuration contains the others.
  it.each(paths('STRUCT').filter(([path]) => path.split('.').length > 2))(
    'writes %s as an object',
    (path) => {
      expect(memberOf(goShape(around(path)), path)).toEqual({});
    },
  );

  it.each(paths('PTR'))('writes the empty value of %s', (path, type) => {
    const empty = type === '*bool' ? false : 0;
    expect(memberOf(goShape(around(path, empty)), path)).toBe(empty);
  });

  it.each(paths('MAP'))('omits %s if it is empty, but keeps empty entries', (path, type) => {
    expect(memberOf(goShape(around(path, {})), path)).toBeUndefined();
    if (type === 'map[string]string')
      expect(memberOf(goShape(around(path, { a: '' })), path)).toEqual({ a: '' });
  });
});
