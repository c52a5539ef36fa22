import type { Operation } from '../../reconcile/operations.js';
import { isRolledOut } from '../../run/certificates/rollout.js';
import { hasDoneAll } from '../../run/state/finished-state.js';
import type { Achieved, RunEnd } from '../../run/state/state-keeper.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { withRolledOut } from '../../state/next-state.js';
import { hasFailedUntouched, withConfigBefore } from './untouched.js';

/** What `rke up` decided, as far as the state at its end depends on it. */
export interface DecidedUp {
  readonly operations: readonly Operation[];
  /** State before the run. */
  readonly before: ClusterState | undefined;
  readonly finished: ClusterState;
  /** Every node that the state records was reached. */
  readonly isWhole: boolean;
  /** New certificates are on their way to the hosts. */
  readonly isRollout: boolean;
  readonly isCopyable: boolean;
  /** The run changes how Secrets are encrypted. */
  readonly hasEncryptionSteps: boolean;
}

/** What a run of `rke up` has achieved when its operations have ended, well or not. */
export function stateAtEnd(decided: DecidedUp): (end: RunEnd) => Achieved {
  const { operations, before, finished, isWhole } = decided;
  return ({ outcomes, isStopped }) => {
    const isComplete = hasDoneAll(operations, outcomes);
    // Nodes that were never reached are not recorded, so that the run has finished although it fails for them.
    if (isWhole && isComplete) return { change: () => finished, needsCopy: false };
    if (before === undefined) return { needsCopy: false };
    // A host that was not reached, or an add-on that failed, is no reason to restart everything again next time.
    const isOut = decided.isRollout && isRolledOut(operations, outcomes);
    // An interrupted operation may count as skipped though it has begun; encryption texts belong to their configuration.
    const goesBack = !isStopped && !decided.hasEncryptionSteps && hasFailedUntouched(operations, outcomes);
    if (!isOut && !goesBack) return { needsCopy: false };
    return {
      change: (begun) => {
        const certified = isOut ? withRolledOut(begun) : begun;
        return goesBack ? withConfigBefore(certified, before) : certified;
      },
      // A run that does everything writes the copy by an operation.
      needsCopy: isOut && decided.isCopyable && !isComplete,
    };
  };
}
