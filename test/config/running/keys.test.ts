import { describe, expect, it } from 'vitest';
import { differenceKeys } from '../../../src/config/rules/running/differences.js';
import { keyRules } from '../../../src/config/rules/running/judge-changes.js';
import { matchesKey } from '../../../src/config/rules/running/key-rule.js';

const keys = differenceKeys();
const rulesOf = (key: string): number =>
  keyRules.filter((rule) => rule.keys.some((pattern) => matchesKey(pattern, key))).length;

describe('what may change on a running cluster', () => {
  it('is said of every key of the schema', () => {
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter((key) => rulesOf(key) === 0)).toEqual([]);
  });

  it('is said of keys that there are, and of no others', () => {
    const patterns = keyRules.flatMap((rule) => rule.keys);
    expect(patterns.filter((pattern) => !keys.some((key) => matchesKey(pattern, key)))).toEqual([]);
  });

  it('has a way out where it may be refused', () => {
    expect(keyRules.filter(({ judge, wayOut }) => judge !== undefined && wayOut === undefined)).toEqual([]);
  });
});
