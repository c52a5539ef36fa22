import type { Failure } from '../core/hosts-error.js';
import { RunFailedError } from '../core/hosts-error.js';
import type { OperationPlan } from '../reconcile/operations.js';
import type { ClusterState } from '../state/cluster-state.js';
import { execute } from './execute.js';
import { emitPlanMade } from './run-events.js';
import { resultOf, type RunResult } from './result.js';
import { saveKubeconfig } from './save-kubeconfig.js';
import { StateKeeper, type Achieved, type RunEnd } from './state/state-keeper.js';
import type { ObservedRun } from './with-cluster.js';

/** What a command is going to do, and what the state says before and after it. Plain data but for `stateAtEnd`. */
export interface Decision {
  readonly operations: OperationPlan;
  /** What the user should know of it, about one host or the cluster as a whole. */
  readonly warnings: readonly DecisionWarning[];
  /** Why it must not be done; empty if it may. */
  readonly refusals: readonly Failure[];
  /** State on disk before the first host is changed: no key is lost, whatever happens then. */
  readonly desired: ClusterState;
  /** State when everything is done. */
  readonly finished: ClusterState;
  /** What the state says if the run ends in another way. By default it stays as it was saved last. */
  readonly stateAtEnd?: (end: RunEnd) => Achieved;
}

export interface DecisionWarning {
  readonly message: string;
  readonly host?: string;
}

/**
 * Does what was decided: saves the desired state and the kubeconfig, executes the operations, saves what was achieved.
 * A run that fails or is interrupted is completed by the next one, which starts from the state saved here.
 *
 * @throws RunFailedError with the refusals, before anything is saved; with what failed on hosts (exit 5 to 9); RkeError of
 *   the state (exit 4); the signal's reason when the run was stopped
 */
export async function apply(cluster: ObservedRun, decision: Decision): Promise<RunResult> {
  const { session, options, kube, certificates } = cluster;
  const { spec, state, store, paths } = session;
  const { events, signal } = options;
  const { operations, finished, stateAtEnd } = decision;
  emitPlanMade(events, operations);
  for (const warning of decision.warnings) events.emit({ type: 'warning', ...warning });
  if (decision.refusals.length > 0) throw new RunFailedError(decision.refusals, false);

  const keeper = new StateKeeper(decision.desired, { store, events, kube, signal });
  await keeper.save();
  await saveKubeconfig(paths.kubeconfig, { spec, bundle: certificates, state, events });
  await execute(cluster, operations, {
    onEnd: async (outcomes) => {
      if (stateAtEnd !== undefined)
        await keeper.recordEnd(stateAtEnd({ outcomes, isStopped: signal.aborted }));
    },
    recordEncryption: (pair) => keeper.recordEncryption(pair),
  });
  await keeper.save(() => finished);
  return resultOf(operations, session);
}
