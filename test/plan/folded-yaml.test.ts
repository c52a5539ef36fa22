import { describe, expect, it } from 'vitest';
import { renderSortedYaml } from '../../src/yaml/sorted-yaml.js';

const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');

// Each text was written by RKE v1.6.3 into admission.yaml or audit-policy.yaml for such a value.
describe('renderSortedYaml folds and quotes the same as go-yaml v2', () => {
  it('folds a long line at the first space behind column 80, below its key', () => {
    expect(renderSortedYaml({ a: { b: `${words(40)} ` } })).toBe(
      `a:\n  b: '${words(16)}\n    ${words(16)}\n    ${words(8)} '\n`,
    );
    expect(renderSortedYaml({ a: [words(20)] })).toBe(`a:\n- ${words(16)}\n  ${words(4)}\n`);
  });

  it('does not fold at two spaces, nor without a space', () => {
    const text = `${'x'.repeat(90)}  end`;
    expect(renderSortedYaml({ a: text })).toBe(`a: ${text}\n`);
    expect(renderSortedYaml({ a: 'x'.repeat(200) })).toBe(`a: ${'x'.repeat(200)}\n`);
  });

  it.each([
    ['a🙂', '"a\\U0001F642"'],
    ['a\u001b', '"a\\e"'],
    ['a\tb', '"a\\tb"'],
    ['é日本', 'é日本'],
  ])('writes %j as %s', (text, written) => {
    expect(renderSortedYaml({ a: text })).toBe(`a: ${written}\n`);
  });

  it('writes a multi-line list item as a block', () => {
    expect(renderSortedYaml({ a: ['one\ntwo'] })).toBe('a:\n- |-\n  one\n  two\n');
  });

  it.each([
    [0.5, '0.5'],
    [1e-7, '1e-07'],
    [0.0001, '0.0001'],
    [123456.75, '123456.75'],
    [1234567.25, '1.23456725e+06'],
    [2.5e20, '2.5e+20'],
    [20000, '20000'],
  ])('writes the number %d as %s', (number, written) => {
    expect(renderSortedYaml({ a: number })).toBe(`a: ${written}\n`);
  });
});
