import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/**
 * What a run does with a changed key: `applied` changes hosts or the cluster, `local` changes nothing there, `refused` stops
 * the run, `depends` is decided by the values, `later` is refused as not yet supported (unsupported.ts).
 */
export type Verdict = 'applied' | 'local' | 'refused' | 'depends' | 'later';

/** What a run does with changes of some keys. */
export interface KeyRule {
  /** Keys of the schema; `*` matches one part, `**` at the end any number of parts. */
  readonly keys: readonly string[];
  readonly verdict: Verdict;
  /** How it is applied, or why it is refused: one clause for docs/running-cluster.md. */
  readonly text: string;
  /** What to do instead, for keys that may be refused; for docs/running-cluster.md. */
  readonly remedy?: string;
  /** Refuses the change, or returns undefined to apply it. */
  readonly judge?: (difference: Difference, cluster: RunningCluster) => Finding | undefined;
}

export const applied = (text: string, ...keys: readonly string[]): KeyRule => ({
  keys,
  verdict: 'applied',
  text,
});
export const local = (text: string, ...keys: readonly string[]): KeyRule => ({
  keys,
  verdict: 'local',
  text,
});

/** Keys that are not yet supported. */
export const later = (...keys: readonly string[]): KeyRule => ({
  keys,
  verdict: 'later',
  text: 'not yet supported: refused if it is set or changed',
  remedy: 'undo the change',
});

/** @param why the reason in the message, one clause */
export function refused(why: string, remedy: string, ...keys: readonly string[]): KeyRule {
  return {
    keys,
    verdict: 'refused',
    text: why,
    remedy,
    judge: (difference, cluster) => refuseValue(difference, why, cluster),
  };
}

export function depends(
  text: string,
  remedy: string,
  judge: NonNullable<KeyRule['judge']>,
  ...keys: readonly string[]
): KeyRule {
  return { keys, verdict: 'depends', text, remedy, judge };
}

/** True if the pattern matches the key. */
export function matchesKey(pattern: string, key: string): boolean {
  const [wanted, parts] = [pattern.split('.'), key.split('.')];
  const isOpen = wanted.at(-1) === '**';
  const fixed = isOpen ? wanted.slice(0, -1) : wanted;
  return (
    (isOpen ? parts.length > fixed.length : parts.length === fixed.length) &&
    fixed.every((part, index) => part === '*' || part === parts[index])
  );
}
