import type { StringMap } from '../../config/cluster-spec.js';
import { InternalError } from '../../core/errors.js';

/** Value of a network option; an empty one counts as not set. */
export function networkOption(options: StringMap | undefined, name: string): string | undefined {
  const value = options?.[name];
  return value === '' ? undefined : value;
}

/** @throws InternalError if validation let through what is not an integer */
export function networkNumber(options: StringMap | undefined, name: string): number | undefined {
  const text = networkOption(options, name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new InternalError(`validation accepted network option ${name}: expected an integer, got "${text}"`);
  return Number(text);
}
