import type { StringMap } from '../../config/cluster-spec.js';
import { InternalError } from '../../core/errors.js';

/** A network option; one that is there but empty counts as not given. */
export function networkOption(options: StringMap | undefined, name: string): string | undefined {
  const value = options?.[name];
  return value === '' ? undefined : value;
}

/** @throws InternalError where validation let through what is not a whole number */
export function networkNumber(options: StringMap | undefined, name: string): number | undefined {
  const text = networkOption(options, name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new InternalError(`network option ${name} got past validation: not a whole number`);
  return Number(text);
}
