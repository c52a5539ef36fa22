import type { Outcomes } from '../../execute/outcome.js';
import type { Operation, OperationPlan } from '../../reconcile/operations.js';
import type { StateTexts } from '../../reconcile/intents/state-copy.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encodeCompactState, encodeState } from '../../state/codec.js';
import { withCurrent } from '../../state/next-state.js';
import { listBegun } from './begun.js';

/**
 * The state after a successful run. If neither cluster.yml nor the cluster has changed, the current half stays as RKE wrote
 * it, unless an earlier run was killed when everything was done, before it recorded that.
 *
 * @param state as it was loaded
 * @param desired as it is on disk during the run
 */
export function finishedState(
  state: ClusterState | undefined,
  desired: ClusterState,
  { operations }: OperationPlan,
): ClusterState {
  const isChanged = state === undefined || encodeState(state) !== encodeState(desired);
  return isChanged || listBegun(state).length > 0 || operations.length > 0 ? withCurrent(desired) : desired;
}

/** True if every operation of a run was done; user add-ons are not part of the cluster that the state describes. */
export function hasDoneAll(operations: readonly Operation[], outcomes: Outcomes): boolean {
  return operations.every(
    ({ id, kind }) => kind === 'apply-user-addon' || outcomes.get(id)?.status === 'done',
  );
}

/**
 * The texts of the cluster's copy of the state, before and after a run.
 *
 * @param isWhole false for a run without some hosts: it does not count as finished
 */
export function stateTexts(desired: ClusterState, finished: ClusterState, isWhole: boolean): StateTexts {
  const before = encodeCompactState(desired);
  return { before, after: isWhole ? encodeCompactState(finished) : before };
}
