import type { Outcomes } from '../../execute/outcome.js';
import type { Operation, OperationPlan } from '../../reconcile/operations.js';
import type { StateTexts } from '../../reconcile/intents/state-copy.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encodeCompactState, encodeState } from '../../state/codec.js';
import { withCurrent } from '../../state/next-state.js';

/**
 * The state when a run has ended well. What the last run left stays as RKE wrote it where neither the file nor the cluster
 * has changed.
 *
 * @param state as it was loaded
 * @param desired as it is on disk while the run works
 */
export function finishedState(
  state: ClusterState | undefined,
  desired: ClusterState,
  { operations }: OperationPlan,
): ClusterState {
  const isChanged = state === undefined || encodeState(state) !== encodeState(desired);
  const isUnfinished = state?.currentState.rkeConfig === undefined;
  return isChanged || isUnfinished || operations.length > 0 ? withCurrent(desired) : desired;
}

/** True if nothing that a run was to do failed or was left out. */
export function hasDoneAll(operations: readonly Operation[], outcomes: Outcomes): boolean {
  return operations.every(({ id }) => outcomes.get(id)?.status === 'done');
}

/** @param isWhole false for a run without some hosts: it leaves the last finished run as it is */
export function stateTexts(desired: ClusterState, finished: ClusterState, isWhole: boolean): StateTexts {
  const before = encodeCompactState(desired);
  return { before, after: isWhole ? encodeCompactState(finished) : before };
}
