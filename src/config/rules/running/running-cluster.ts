import type { ClusterSpec } from '../../cluster-spec.js';
import { error, warning, type Finding, type RuleInput } from '../rule.js';
import type { Difference } from './differences.js';

/** A running cluster, and the file that is to change it. */
export interface RunningCluster extends Pick<RuleInput, 'spec' | 'config' | 'lineOf' | 'allowNetworkChange'> {
  /** The cluster as the last finished run left it, or as the first run started it. */
  readonly running: ClusterSpec;
  /** A run has finished, so the cluster may be in use. */
  readonly isFinished: boolean;
  /** What a later run started and did not finish: hosts may have any part of it. */
  readonly begun: ClusterSpec | undefined;
}

/** Code of a change that is refused on a running cluster. */
export const cannotChange = 'cannot-change';

/**
 * Refuses a changed value: what differs, why it cannot be changed, and the value that keeps the cluster as it is.
 *
 * @param why one clause without a full stop
 */
export function refuseValue(
  {
    path,
    before,
    after,
    isDefault = false,
  }: Pick<Difference, 'path' | 'before' | 'after'> & {
    /** The value of the running cluster is the default of the key. */
    readonly isDefault?: boolean;
  },
  why: string,
  cluster: Pick<RunningCluster, 'lineOf' | 'isFinished'>,
): Finding {
  const [from, to] = [formatValue(before), formatValue(after)];
  const isWritten = cluster.lineOf(path) !== undefined;
  const remedy = remedyFor(from, { isWritten, isDefault });
  return {
    ...refuse(path, `${describeChange(from, to, isWritten)}: ${why}`, `${remedy}${offerRestart(cluster)}`),
    isDefault: !isWritten,
  };
}

function describeChange(from: string, to: string, isWritten: boolean): string {
  if (!isWritten)
    return `not set${to === nothing ? '' : `, so the default of RKE v1 (${to}) applies`}, but the cluster runs with ${from}, which cannot be changed`;
  return from === nothing
    ? `cannot be set to ${to} on a running cluster`
    : `cannot be changed from ${from} to ${to} on a running cluster`;
}

function remedyFor(
  from: string,
  { isWritten, isDefault }: { readonly isWritten: boolean; readonly isDefault: boolean },
): string {
  if (from === nothing || (isWritten && isDefault)) return 'remove the key';
  return isWritten ? `set it back to ${from}` : `set it to ${from}`;
}

/** Refuses a change that is not the change of one value. */
export function refuse(path: string, problem: string, remedy: string): Finding {
  return error(cannotChange, path, `${problem}; ${remedy}`);
}

export function warnOf(path: string, message: string): Finding {
  return warning('running-cluster', path, message);
}

/**
 * Offers to start over if the first run has not finished. The cluster may work nevertheless, if only a worker or an add-on
 * failed: only the user knows whether anything runs on it.
 */
export function offerRestart({ isFinished }: Pick<RunningCluster, 'isFinished'>): string {
  return isFinished
    ? ''
    : ' (the first run did not finish: if nothing you need runs on the cluster yet, you can also start over with `rke remove`, which deletes it)';
}

const nothing = 'no value';

/** A value in a message. */
function formatValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return nothing;
  if (Array.isArray(value) && value.length === 0) return nothing;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
