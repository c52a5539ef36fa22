import type { Operation } from '../../reconcile/operations.js';
import { isRolledOut } from '../../run/certificates/rollout.js';
import { hasDoneAll } from '../../run/state/finished-state.js';
import type { Achieved, RunEnd } from '../../run/state/state-keeper.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withRolledOut } from '../../state/next-state.js';
import { listGone, withoutNodes } from './leaving.js';
import { hasFailedUntouched, revertConfig } from './untouched.js';

/** The part of a decision of `rke up` on which the state at its end depends. */
export interface DecidedUp {
  readonly operations: readonly Operation[];
  /** State before the run. */
  readonly before: ClusterState | undefined;
  readonly finished: ClusterState;
  /** Addresses of nodes that left cluster.yml and whose hosts are gone for good. */
  readonly lost?: readonly string[];
  /** True if every node of the state was reached. */
  readonly isWhole: boolean;
  /** True if the run writes new certificates to the hosts. */
  readonly isRollout: boolean;
  readonly isCopyable: boolean;
  /** True if the run changes the encryption of Secrets. */
  readonly hasEncryptionSteps: boolean;
}

/** Decides what the state records at the end of `rke up`, also if it failed. */
export function decideStateAtEnd(decided: DecidedUp): (end: RunEnd) => Achieved {
  const { operations, before, finished, isWhole } = decided;
  return ({ outcomes, isStopped }) => {
    const isComplete = hasDoneAll(operations, outcomes);
    // Nodes that were never reached are not recorded, so the run counts as finished although it fails for them.
    if (isWhole && isComplete) return { change: () => finished, needsCopy: false };
    if (before === undefined) return { needsCopy: false };
    // An unreachable host or a failed add-on must not make the next run restart everything again.
    const isOut = decided.isRollout && isRolledOut(operations, outcomes);
    // An interrupted operation may be skipped although it has started; encryption texts belong to their configuration.
    const isReverted = !isStopped && !decided.hasEncryptionSteps && hasFailedUntouched(operations, outcomes);
    const gone = listGone(operations, outcomes, decided.lost);
    if (!isOut && !isReverted && gone.size === 0) return { needsCopy: false };
    return {
      change: (begun) => {
        const certified = isOut ? withRolledOut(begun) : begun;
        return withoutNodes(isReverted ? revertConfig(certified, before) : certified, gone);
      },
      // In a complete run an operation writes the copy, with the nodes that are gone.
      needsCopy: (gone.size > 0 || (isOut && !isComplete)) && decided.isCopyable,
    };
  };
}
