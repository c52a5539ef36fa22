import type { Outcomes } from '../../execute/run-graph.js';
import type { Operation } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withRolledOut } from '../../state/next-state.js';
import { isRolledOut } from '../../run/certificates/rollout.js';
import { hasDoneAll } from '../../run/state/finished-state.js';
import type { StateKeeper } from '../../run/state/state-keeper.js';
import { hasFailedUntouched, withConfigBefore } from './untouched.js';

/** What `rke up` knows when its operations have ended, well or not. */
export interface RunEnd {
  readonly operations: readonly Operation[];
  readonly outcomes: Outcomes;
  /** As it was loaded. */
  readonly state: ClusterState | undefined;
  readonly finished: ClusterState;
  /** Every node that the state records was reached. */
  readonly isWhole: boolean;
  /** New certificates were on their way to the hosts. */
  readonly isRollout: boolean;
  readonly isCopyable: boolean;
  /** The run was to change how Secrets are encrypted. */
  readonly hasEncryptionSteps: boolean;
  /** The run was stopped, or lost its lock. */
  readonly isStopped: boolean;
}

/** Saves what a run has achieved, whether it fails or not. @throws RkeError (exit 4) */
export async function recordEnd(keeper: Pick<StateKeeper, 'save' | 'copy'>, end: RunEnd): Promise<void> {
  const { operations, outcomes, state, finished } = end;
  const isComplete = hasDoneAll(operations, outcomes);
  // Nodes that were never reached are not recorded, so that the run has finished although it fails for them.
  if (end.isWhole && isComplete) return keeper.save(() => finished);
  if (state === undefined) return;
  // A host that was not reached, or an add-on that failed, is no reason to restart everything again next time.
  if (end.isRollout && isRolledOut(operations, outcomes)) {
    await keeper.save(withRolledOut);
    // A run that does everything writes the copy by an operation of its own.
    if (end.isCopyable && !isComplete) await keeper.copy();
  }
  // An interrupted operation may count as skipped though it has begun; texts of encryption belong to their configuration.
  if (!end.isStopped && !end.hasEncryptionSteps && hasFailedUntouched(operations, outcomes))
    await keeper.save((begun) => withConfigBefore(begun, state));
}
