import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  colourStyle,
  displayWidth,
  pad,
  plainStyle,
  styleFor,
  table,
  truncate,
} from '../../src/report/style.js';
import { count, fold, formatDuration } from '../../src/report/wording.js';

const output = { isTTY: true, write: () => true };

describe('style', () => {
  it('has colours on a terminal only, and not with NO_COLOR', () => {
    expect(styleFor(output, {})).toBe(colourStyle);
    expect(styleFor(output, { NO_COLOR: '' })).toBe(colourStyle);
    expect(styleFor(output, { NO_COLOR: '1' })).toBe(plainStyle);
    expect(styleFor({ ...output, isTTY: false }, {})).toBe(plainStyle);
  });

  it('measures the width of text', () => {
    expect(['abc', '世界', 'e\u0301', '✓', colourStyle.bad('abc')].map(displayWidth)).toEqual([
      3, 4, 1, 1, 3,
    ]);
  });

  it('cuts text to the width and no shorter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const cut = truncate(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
        expect(displayWidth(pad(cut, width))).toBe(width);
      }),
    );
  });

  it('aligns columns', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['世界', '', 'd'],
      ]),
    ).toEqual(['a     bb  c', '世界      d']);
  });
});

describe('wording', () => {
  it('shortens durations', () => {
    expect([0, 349, 9949, 9960, 58_400, 60_000, 125_000, 3_780_000].map(formatDuration)).toEqual([
      '0.0s',
      '0.3s',
      '9.9s',
      '10s',
      '58s',
      '1m 0s',
      '2m 5s',
      '1h 3m',
    ]);
  });

  it('adds counts, and folds long lists', () => {
    expect([count(1, 'host'), count(3, 'host')]).toEqual(['1 host', '3 hosts']);
    expect(fold(['a', 'b'])).toBe('a, b');
    expect(fold(Array.from({ length: 43 }, (_, index) => String(index)))).toBe(
      '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 33 more',
    );
  });
});
