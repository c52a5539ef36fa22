import { describe, expect, it } from 'vitest';
import { impuritiesOf, importsOf } from './imports.js';

describe('importsOf', () => {
  it('finds every way to import', () => {
    const text = `
      import a, { b as c } from 'x';
      import type { D } from 'y';
      import * as e from 'z';
      export { f } from './f.js';
      export type { G } from './g.js';
      const h = await import('h');
      type I = import('i').I;
    `;
    expect(
      importsOf('a.ts', text).map(({ specifier, typeOnly, names }) => [specifier, typeOnly, names.join()]),
    ).toEqual([
      ['x', false, 'default,b'],
      ['y', true, 'D'],
      ['z', false, '*'],
      ['./f.js', false, '*'],
      ['./g.js', true, '*'],
      ['h', false, '*'],
      ['i', true, '*'],
    ]);
  });
});

describe('impuritiesOf', () => {
  it.each([
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['Math.random()', 'Math.random'],
    ['process.env', 'process'],
    ["process['env']", 'process'],
    ['fetch(url)', 'fetch'],
    ['performance.now()', 'performance'],
    ['const now = Date.now', 'Date.now'],
  ])('finds %s', (text, found) => {
    expect(impuritiesOf('a.ts', text)).toEqual([found]);
  });

  it.each(['new Date(text)', 'container.process', '({ process: 1 })', 'spec.fetch()', '// Date.now()'])(
    'lets %s be',
    (text) => {
      expect(impuritiesOf('a.ts', text)).toEqual([]);
    },
  );
});
