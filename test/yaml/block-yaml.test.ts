import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockYaml } from '../../src/yaml/block-yaml.js';
import { plainYaml } from '../../src/yaml/plain-yaml.js';

describe('blockYaml', () => {
  it('writes every string so that it is read back unchanged', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[ \n\ta:#'"\\-]{0,12}$/),
      fc.constantFrom('yes', '1e3', '~', '0x1F', '2024-05-01', '<<'),
    );
    fc.assert(
      fc.property(fc.array(fc.dictionary(text, fc.array(text))), (list) => {
        expect(plainYaml(blockYaml({ list }))).toEqual({ list });
      }),
    );
  });

  it.each([
    ['_0', '_0'],
    ['-_0', '"-_0"'],
    ['1_000', '"1_000"'],
    ['0X1F', '"0X1F"'],
    ['._5', '._5'],
  ])('quotes %s only if Go reads it as a number', (text, written) => {
    expect(blockYaml({ text })).toBe(`text: ${written}\n`);
    expect(plainYaml(`text: ${written}`)).toEqual({ text });
  });

  it('adds a comment after the key of a path', () => {
    const commentOf = (path: string): string | undefined =>
      path === 'nodes[0].port' ? 'default' : undefined;
    expect(blockYaml({ nodes: [{ address: 'a', port: '22' }] }, commentOf)).toBe(
      'nodes:\n- address: a\n  port: "22" # default\n',
    );
  });

  it('folds long lines only on request', () => {
    const text = `${'word '.repeat(20)}end`;
    expect(blockYaml({ text }).split('\n')).toHaveLength(2);
    expect(blockYaml({ text }, undefined, { folds: true }).split('\n')).toHaveLength(3);
  });
});
