import { expect, it } from 'vitest';
import { wrap } from '../../src/report/wrap.js';

it('a text is broken between words, and the lines after the first are indented', () => {
  expect(wrap('etcd      one two three four', 18, 4)).toEqual(['etcd      one two', '    three four']);
  expect(wrap('', 10)).toEqual(['']);
  expect(wrap('    fix  it', 80, 9)).toEqual(['    fix  it']);
});

it('a long word and a command are left whole', () => {
  expect(wrap('see averyveryverylongword now', 10)).toEqual(['see', 'averyveryverylongword', 'now']);
  expect(wrap('run `sudo sysctl --system`, then `rke up` again', 20, 2)).toEqual([
    'run',
    '  `sudo sysctl --system`,',
    '  then `rke up`',
    '  again',
  ]);
});
