import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../src/core/stable.js';

/** The differences of two values by path; lists of named items are compared by name. */
export function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  if (isDeepStrictEqual(ours, theirs)) return [];
  if (isRecord(ours) && isRecord(theirs))
    return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
      .sort()
      .flatMap((key) => differences(ours[key], theirs[key], path === '' ? key : `${path}.${key}`));
  if (areNamed(ours) && areNamed(theirs)) return differences(byName(ours), byName(theirs), path);
  return [`${path}: ${text(ours)}, RKE ${text(theirs)}`];
}

type Named = { readonly name: string };

function areNamed(value: unknown): value is readonly Named[] {
  return Array.isArray(value) && value.every((item) => isRecord(item) && typeof item['name'] === 'string');
}

const byName = (items: readonly Named[]): Record<string, unknown> =>
  Object.fromEntries(items.map((item) => [item.name, item]));

const text = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));
