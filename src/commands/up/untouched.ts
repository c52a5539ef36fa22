import type { Outcomes } from '../../execute/outcome.js';
import type { Operation, OperationKind } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** Operations that change nothing for a component: checks, waits, images, snapshots, hooks, and the copy of the state. */
const harmless: ReadonlySet<OperationKind> = new Set([
  'milestone',
  'check-images',
  'pull-image',
  'probe-ports',
  'save-snapshot',
  'copy-state',
  'await-healthy',
  'await-members',
  'await-node-ready',
  'await-addon',
  'run-hook',
]);

/** True if a run failed before an operation that changes a host or the cluster was started. */
export function hasFailedUntouched(operations: readonly Operation[], outcomes: Outcomes): boolean {
  const statusOf = ({ id }: Operation): string | undefined => outcomes.get(id)?.status;
  return (
    operations.some((one) => statusOf(one) === 'failed') &&
    operations.every((one) => harmless.has(one.kind) || statusOf(one) === 'skipped')
  );
}

/**
 * The state of a run that changed nothing: the desired configuration of the run before, so that, for example, a version whose
 * images cannot be pulled can be reverted. New certificates are kept for the next run.
 */
export function revertConfig(state: ClusterState, { desiredState }: ClusterState): ClusterState {
  const { rkeConfig } = desiredState;
  if (rkeConfig === undefined) return state;
  return { ...state, desiredState: { ...state.desiredState, rkeConfig } };
}
