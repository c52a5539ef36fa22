import { etcdError, messageOf } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { addonSeconds } from '../../reconcile/order/addon-waits.js';
import { pruneSatisfiedDependencies } from '../../reconcile/order/graph.js';
import { planOf } from '../../reconcile/operations.js';
import { planUp } from '../../reconcile/plan-up.js';
import {
  acceptOperations,
  prepareOperations,
  putBackOperations,
  replaceOperations,
  type RestoreInput,
} from '../../reconcile/restore/plan-restore.js';
import { createProbe } from '../../run/health-probe.js';
import { surveyCluster } from '../../run/observe-cluster.js';
import { openEtcd } from '../../run/open-etcd.js';
import { planCluster } from '../../run/plan-cluster.js';
import { emitPlanMade } from '../../run/run-events.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { markStarted, restoreState } from './restore-mark.js';
import { runSteps } from './run-steps.js';

export interface Replacement {
  readonly input: RestoreInput;
  /** The state that the restored cluster continues from. */
  readonly state: ClusterState;
  /** The state before, which comes back if the restore fails. */
  readonly before: ClusterState | undefined;
  /** For people: what is done. */
  readonly summary: readonly string[];
}

/**
 * Replaces the data of etcd: prepares the new data while the cluster serves, stops the cluster, moves the data, and starts the first member.
 * If that fails, the old data and the state are put back.
 *
 * @throws RunFailedError with what failed, and RESTORE_FAILED with what it is now; the signal's reason if the run was interrupted, which
 *   the next run continues
 */
export async function replaceData(
  cluster: ObservedRun,
  { input, state, before, summary }: Replacement,
): Promise<void> {
  const { session, options } = cluster;
  const prepare = prepareOperations(input);
  const replace = replaceOperations(input);
  emitPlanMade(options.events, planOf([...prepare, ...replace]), summary);
  await runSteps(cluster, prepare);

  if (await session.store.save(markStarted(state, input.snapshot, before)))
    options.events.emit({ type: 'state-saved', file: session.store.location });
  const restored = withState(cluster, state);
  try {
    await runSteps(cluster, replace);
    await startFirst(restored, input, state);
    await runSteps(restored, acceptOperations(input));
  } catch (error) {
    // What was interrupted is continued by the next run.
    options.signal.throwIfAborted();
    throw await putBack(cluster, { input, before }, error);
  }
}

/** Starts etcd of the first member with the data of the snapshot, and waits until it is healthy. */
async function startFirst(cluster: ObservedRun, { first }: RestoreInput, state: ClusterState): Promise<void> {
  const { session, options, dockerFacts, certificates, kube, hosts, probe } = cluster;
  const { certificatesBundle = {}, encryptionConfig = '' } = state.desiredState;
  const whole = planCluster(session, dockerFacts, { certificates: certificatesBundle, encryptionConfig });
  const plan: ClusterPlan = {
    ...whole,
    nodes: whole.nodes
      .filter(({ node }) => node.address === first)
      .map((node) => ({ ...node, containers: node.containers.filter(({ name }) => name === 'etcd') })),
    members: (whole.members ?? []).filter(({ host }) => host === first),
    formerMembers: [],
    addons: [],
  };
  const etcd = openEtcd(hosts, certificates);
  const { observed } = await surveyCluster(plan, { hosts, facts: dockerFacts }, kube, options, {
    probe,
    etcd,
  });
  const { operations } = planUp(
    plan,
    { ...observed, kube: undefined },
    { addonTimeoutSeconds: addonSeconds(session.spec) },
  );
  const ofEtcd = operations.filter(
    ({ stage, kind }) => ['images', 'files', 'etcd'].includes(stage) && kind !== 'remove-container',
  );
  await runSteps(cluster, pruneSatisfiedDependencies(ofEtcd));
}

/** Puts the old data and the old state back. @returns the error to throw */
async function putBack(
  cluster: ObservedRun,
  { input, before }: Pick<Replacement, 'input' | 'before'>,
  error: unknown,
): Promise<RunFailedError> {
  const { session, options } = cluster;
  const failures = error instanceof RunFailedError ? error.failures : [];
  options.events.emit({ type: 'warning', message: 'the restore failed: putting the old data of etcd back' });
  let outcome: { message: string; fix: string };
  try {
    await runSteps(cluster, putBackOperations(input));
    await restoreState(session.store, before);
    outcome = {
      message:
        'the restore failed; the old data of etcd and the old state are back, and what this run stopped was started again',
      fix: 'run `rke up` to bring certificates and settings back to the old state, fix the cause above, then restore again',
    };
  } catch (second) {
    outcome = {
      message: `the restore failed, and the old data could not be put back on every host: ${messageOf(second)}`,
      fix: 'the old data is in restore/old below the data directory of etcd; run the same command again to continue the restore, or with --cancel to put it back',
    };
  }
  const cause = {
    title: 'restore etcd',
    error: etcdError('RESTORE_FAILED', outcome.message, { fix: outcome.fix, cause: error }),
  };
  return new RunFailedError([...failures, cause], { exitCode: cause.error.exitCode, cause: error });
}

/** The cluster with the certificates of the restored state. */
function withState(
  cluster: ObservedRun,
  { desiredState: { certificatesBundle = {} } }: ClusterState,
): ObservedRun {
  return { ...cluster, certificates: certificatesBundle, probe: createProbe(certificatesBundle) };
}
