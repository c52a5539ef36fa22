import type { EventSink, UnavailableAddon, UnchangedCounts } from '../core/events.js';
import type { Failure } from '../core/hosts-error.js';
import { RunFailedError } from '../core/hosts-error.js';
import { changesAnything } from '../reconcile/description/change.js';
import { isWork, type OperationPlan } from '../reconcile/operations.js';
import type { ClusterState } from '../state/cluster-state.js';
import { findUnavailable } from '../execute/find-unavailable.js';
import type { UnawaitedAddon } from '../reconcile/order/addon-waits.js';
import { execute } from './execute.js';
import { emitPlanMade } from './run-events.js';
import { saveKubeconfig } from './save-kubeconfig.js';
import type { Session } from './session.js';
import { StateKeeper, type Achieved, type RunEnd } from './state/state-keeper.js';
import type { ObservedRun } from './with-cluster.js';

/** What a command will do, and the state before and after it. Plain data except `stateAtEnd`. */
export interface Decision {
  readonly operations: OperationPlan;
  /** What the user should know, about one host or the whole cluster. */
  readonly warnings: readonly DecisionWarning[];
  /** Reasons to stop before anything is changed; empty if there is none. */
  readonly refusals: readonly Failure[];
  /** Add-ons that the run does not wait for. What is not available at its end is reported. */
  readonly unawaited?: readonly UnawaitedAddon[];
  /** State on disk before the first host is changed, so that no key is lost whatever happens then. */
  readonly desired: ClusterState;
  /** State when everything is done. */
  readonly finished: ClusterState;
  /** False for a run that leaves out nodes of the cluster: it is not finished when all is done. True by default. */
  readonly isWhole?: boolean;
  /** Changes to the state if the run ends in another way. By default it stays as it was last saved. */
  readonly stateAtEnd?: (end: RunEnd) => Achieved;
  /** What it changes, in short, for people. */
  readonly summary?: readonly string[];
}

export interface DecisionWarning {
  readonly message: string;
  readonly host?: string;
}

/** What a successful run did. */
export interface Finished {
  /** Number of operations that were done. */
  readonly done: number;
  /** Containers, files and add-ons that were as planned. */
  readonly unchanged: UnchangedCounts;
  /** Path of the admin kubeconfig, if the run updates it. */
  readonly kubeconfig?: string;
  /** Add-ons that the run did not wait for and that are not available at its end. */
  readonly unavailable?: readonly UnavailableAddon[];
  /** Name of the etcd snapshot that the run has saved on every etcd host. */
  readonly snapshot?: string;
}

/** What a successful run on a whole cluster did. */
export interface RunResult extends Finished {
  readonly kubeconfig: string;
  readonly clusterName: string;
  /** Number of hosts of the cluster. */
  readonly hosts: number;
  /** False if it has changed nothing: it had nothing to do, or only to wait until what an earlier run changed is well. */
  readonly hasChanges: boolean;
}

/**
 * Does what was decided: saves the desired state and the kubeconfig, executes the operations, saves what was achieved.
 * The next run completes one that failed or was interrupted: it starts from the state saved here.
 *
 * @param confirm is asked when everything is known and nothing was changed; it throws to stop the run
 * @throws RunFailedError with the refusals, before anything is saved, or with what failed on hosts (exit 5 to 9); RkeError
 *   of the state (exit 4); the signal's reason if the run was interrupted
 */
export async function apply(
  cluster: ObservedRun,
  decision: Decision,
  confirm: () => Promise<void> = () => Promise.resolve(),
): Promise<RunResult> {
  const { session, options, kube, certificates } = cluster;
  const { spec, state, store, paths } = session;
  const { events, signal } = options;
  const { operations, finished, stateAtEnd, isWhole = true } = decision;
  emitDecision(events, decision);
  if (decision.refusals.length > 0) throw new RunFailedError(decision.refusals);

  await confirm();
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
  if (isWhole) await keeper.save(() => finished);
  const unavailable = await findUnavailable(decision.unawaited ?? [], { kube, signal });
  return { ...resultOf(operations, session), ...(unavailable.length === 0 ? {} : { unavailable }) };
}

/** Reports what a run will do, and what to know about it. */
export function emitDecision(
  events: EventSink,
  { operations, summary, warnings }: Pick<Decision, 'operations' | 'summary' | 'warnings'>,
): void {
  emitPlanMade(events, operations, summary);
  for (const warning of warnings) events.emit({ type: 'warning', ...warning });
}

/** The result of a run that did its whole plan. Milestones do not count. */
export function resultOf(
  { operations, unchanged }: OperationPlan,
  { spec, paths }: Pick<Session, 'spec' | 'paths'>,
): RunResult {
  return {
    done: operations.filter(isWork).length,
    unchanged,
    kubeconfig: paths.kubeconfig,
    clusterName: spec.clusterName,
    hosts: spec.nodes.length,
    hasChanges: changesAnything(operations),
  };
}
