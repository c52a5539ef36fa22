import type { ClusterSpec } from '../../cluster-spec.js';
import { error, warning, type Finding, type RuleInput } from '../rule.js';
import type { Difference } from './differences.js';

/** A running cluster, and the file that is to change it. */
export interface RunningCluster extends Pick<RuleInput, 'spec' | 'config' | 'lineOf'> {
  /** The cluster as the last finished run left it, or as the first one began it. */
  readonly running: ClusterSpec;
  /** A run has finished: the cluster carries what people rely on. */
  readonly isFinished: boolean;
  /** What a later run began and did not finish: hosts may have any part of it. */
  readonly begun: ClusterSpec | undefined;
}

/** Code of a change that a running cluster does not take. */
export const cannotChange = 'cannot-change';

/**
 * Refuses a changed value: what differs, why it cannot be changed, and the value that keeps the cluster as it is.
 *
 * @param why one clause without a full stop
 */
export function refuseValue(
  { path, before, after }: Pick<Difference, 'path' | 'before' | 'after'>,
  why: string,
  cluster: Pick<RunningCluster, 'lineOf' | 'isFinished'>,
): Finding {
  const [from, to] = [shown(before), shown(after)];
  const isWritten = cluster.lineOf(path) !== undefined;
  return refuse(
    path,
    `${changeOf(from, to, isWritten)}: ${why}`,
    `${wayBack(from, isWritten)}${startOver(cluster)}`,
  );
}

function changeOf(from: string, to: string, isWritten: boolean): string {
  if (!isWritten)
    return `is not set${to === nothing ? '' : `, which means ${to}`}, but the cluster has ${from}, which cannot be changed`;
  return from === nothing
    ? `cannot be set to ${to} on a running cluster`
    : `cannot be changed from ${from} to ${to} on a running cluster`;
}

function wayBack(from: string, isWritten: boolean): string {
  if (from === nothing) return 'remove the key';
  return isWritten ? `set it back to ${from}` : `set it to ${from}`;
}

/** Refuses a change that is not the change of one value. */
export function refuse(path: string, what: string, wayOut: string): Finding {
  return error(cannotChange, path, `${what}; ${wayOut}`);
}

export function warnOf(path: string, message: string): Finding {
  return warning('running-cluster', path, message);
}

/**
 * Starting over, as long as the first run has not finished. The cluster may work all the same, if what failed was a worker or
 * an add-on: only the user knows whether anything runs on it.
 */
export function startOver({ isFinished }: Pick<RunningCluster, 'isFinished'>): string {
  return isFinished
    ? ''
    : ' (the first run did not finish: if nothing that you need runs on the cluster yet, you can also start over with `rke remove`, which deletes it)';
}

const nothing = 'no value';

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return nothing;
  if (Array.isArray(value) && value.length === 0) return nothing;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
