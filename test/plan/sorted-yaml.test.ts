import { describe, expect, it } from 'vitest';
import { renderSortedYaml } from '../../src/yaml/sorted-yaml.js';

describe('renderSortedYaml', () => {
  it('sorts keys and does not indent list items below their key', () => {
    const value = { b: [{ y: 1, x: ['p', 'q'] }, 'text'], a: { d: null, c: true }, e: {}, f: [] };
    expect(renderSortedYaml(value)).toBe(
      [
        'a:',
        '  c: true',
        '  d: null',
        'b:',
        '- x:',
        '  - p',
        '  - q',
        '  "y": 1',
        '- text',
        'e: {}',
        'f: []',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['', '""'],
    ['yes', '"yes"'],
    ['12', '"12"'],
    ['1.5e3', '"1.5e3"'],
    ['null', '"null"'],
    ['*', "'*'"],
    ['/healthz*', '/healthz*'],
    ['system:kube-proxy', 'system:kube-proxy'],
    ['a: b', "'a: b'"],
    ['v1', 'v1'],
    ["it's", "it's"],
  ])('writes the string %j as %s', (text, written) => {
    expect(renderSortedYaml(text)).toBe(`${written}\n`);
  });

  it('writes a multi-line string as a block', () => {
    expect(renderSortedYaml({ a: 'one\ntwo\n', b: 'one\ntwo' })).toBe(
      'a: |\n  one\n  two\nb: |-\n  one\n  two\n',
    );
  });
});
