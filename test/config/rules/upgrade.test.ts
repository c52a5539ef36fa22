import { describe, expect, it } from 'vitest';
import { base, errorsOf, found } from './found.js';

const errors = (value: string): string[] =>
  ['max_unavailable_worker', 'max_unavailable_controlplane'].flatMap((key) =>
    errorsOf(found(`${base}upgrade_strategy: { ${key}: ${value} }\n`)),
  );

describe('a number of hosts that may be unavailable', () => {
  it.each(['0', '-1', '"0%"', '"-10%"', 'many', '"1.5"', '"10 %"', '"%"'])('is refused: %s', (value) => {
    expect(errors(value)).toEqual([
      expect.stringContaining('upgrade_strategy.max_unavailable_worker: expected a number from 1'),
      expect.stringContaining('upgrade_strategy.max_unavailable_controlplane: expected a number from 1'),
    ]);
  });

  it.each(['1', '"1"', '25%', '"100%"', '200%', '60'])('is accepted: %s', (value) => {
    expect(errors(value)).toEqual([]);
  });
});
