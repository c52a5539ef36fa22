import { describe, expect, it } from 'vitest';
import { countAtOnce } from '../../src/plan/rolling.js';

describe('countAtOnce', () => {
  it.each([
    ['3', 10, 3],
    ['10%', 10, 1],
    ['10%', 39, 3],
    ['10%', 5, 1],
    ['100%', 7, 7],
    ['60', 1000, 50],
    ['50%', 1000, 50],
    [undefined, 10, 1],
  ])('%s of %i workers are %i', (value, all, count) => {
    expect(countAtOnce(value, all)).toBe(count);
  });
});
