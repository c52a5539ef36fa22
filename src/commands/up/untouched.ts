import type { Outcomes } from '../../execute/outcome.js';
import type { Operation, OperationKind } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** What leaves hosts and cluster as they are for every component: looks, images, and the copy of the state. */
const harmless: ReadonlySet<OperationKind> = new Set([
  'milestone',
  'check-images',
  'pull-image',
  'probe-ports',
  'copy-state',
  'await-healthy',
  'await-members',
  'await-node-ready',
  'await-addon',
]);

/** True if a run failed before it began anything that changes a host or the cluster. */
export function hasFailedUntouched(operations: readonly Operation[], outcomes: Outcomes): boolean {
  const statusOf = ({ id }: Operation): string | undefined => outcomes.get(id)?.status;
  return (
    operations.some((one) => statusOf(one) === 'failed') &&
    operations.every((one) => harmless.has(one.kind) || statusOf(one) === 'skipped')
  );
}

/**
 * The state of a run of which nothing was begun: the configuration that the run before wanted, so that a version whose images
 * cannot be had, say, can be taken back. Certificates that were made stay: they are used by nobody yet, and by the next run.
 */
export function withConfigBefore(state: ClusterState, { desiredState }: ClusterState): ClusterState {
  const { rkeConfig } = desiredState;
  if (rkeConfig === undefined) return state;
  return { ...state, desiredState: { ...state.desiredState, rkeConfig } };
}
