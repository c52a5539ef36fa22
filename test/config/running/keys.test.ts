import { describe, expect, it } from 'vitest';
import { differenceKeys } from '../../../src/config/rules/running/differences.js';
import { keyRules } from '../../../src/config/rules/running/judge-changes.js';
import { matchesKey } from '../../../src/config/rules/running/key-rule.js';

const keys = differenceKeys();
const rulesOf = (key: string): number =>
  keyRules.filter((rule) => rule.keys.some((pattern) => matchesKey(pattern, key))).length;

describe('the rules for changes of a running cluster', () => {
  it('cover every key of the schema', () => {
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter((key) => rulesOf(key) === 0)).toEqual([]);
  });

  it('name only keys of the schema', () => {
    const patterns = keyRules.flatMap((rule) => rule.keys);
    expect(patterns.filter((pattern) => !keys.some((key) => matchesKey(pattern, key)))).toEqual([]);
  });

  it('have a remedy for every key that may be refused', () => {
    expect(keyRules.filter(({ judge, remedy }) => judge !== undefined && remedy === undefined)).toEqual([]);
  });
});
