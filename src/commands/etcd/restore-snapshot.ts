import { summarizePlan } from '../../report/plan/summarize-plan.js';
import { addRestoreSteps, type RestoreInput } from '../../reconcile/restore/plan-restore.js';
import { apply, type RunResult } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { saveKubeconfig } from '../../run/save-kubeconfig.js';
import type { LockedSession } from '../../run/session.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { clusterPaths } from '../../state/paths.js';
import { requireConfirmation, type Confirm, type Destruction } from '../up/confirm.js';
import { decideRun } from '../up/decide-run.js';
import { prepareUp } from '../up/prepare.js';
import { decideRestoredState, type RestoredStateOptions } from './decide-restored-state.js';
import { confirmFix, describeRestore } from './describe-restore.js';
import { throwAsBegun } from './etcd-session.js';
import { findSnapshot } from './find-snapshot.js';
import { replaceData } from './replace-data.js';
import { markAccepted, stateBefore } from './restore-mark.js';
import { requireSpace } from './restore-checks.js';
import { restoreCommand, withRestoreSession } from './restore-session.js';
import { readStateInside } from './restored-state.js';
import { provideSnapshot, requireReadable, type SnapshotSource } from './snapshot-source.js';

export interface RestoreSnapshotOptions extends RestoredStateOptions {
  /** Name of the snapshot, without extension. */
  readonly name: string;
  /** Where the snapshot comes from; by default the directory of snapshots of any etcd host. */
  readonly source?: SnapshotSource | undefined;
  /** Called when everything was checked and nothing was stopped; without it, the restore is refused. */
  readonly confirm?: Confirm<Destruction> | undefined;
}

/**
 * `rke etcd snapshot-restore`: restores etcd from a snapshot on the hosts of cluster.yml, which need not be those of the snapshot (RKE
 * cmd/etcd.go:141-256). One member gets the data; the others join it, and the rest of the cluster follows as in `rke up`. A restore that
 * was interrupted is continued by the same command.
 *
 * @throws RkeError USAGE or NOT_CONFIRMED (exit 2), ConfigError (exit 3); RunFailedError for what went wrong: 8 for the snapshot and etcd.
 *   Until the new data is ready, the cluster is not touched; until etcd is healthy with it, the old data comes back.
 */
export function restoreSnapshot(options: RestoreSnapshotOptions): Promise<RunResult> {
  return limitRun(options, restore);
}

async function restore(options: RestoreSnapshotOptions): Promise<RunResult> {
  await requireReadable(options.source);
  return withRestoreSession(options, async ({ session, name, needs }) => {
    const before = stateBefore(session.state);
    const { state, input } = await withCluster(session, options, needs, (cluster) =>
      restoreFirst(cluster, options, { name, before }),
    );
    return growCluster({ ...session, state }, { input, before }, options).catch(throwAsBegun);
  });
}

/** The state that the cluster continues from, and what the rest of the restore works on. */
interface RestoredFirst {
  readonly state: ClusterState;
  readonly input: RestoreInput;
}

/**
 * Restores the data of the first member, unless an earlier run has: then only the rest of the cluster is missing, and nothing is asked.
 *
 * @param before the state before any restore was started
 */
export async function restoreFirst(
  cluster: ObservedRun,
  options: RestoreSnapshotOptions,
  { name, before }: { readonly name: string; readonly before: ClusterState | undefined },
): Promise<RestoredFirst> {
  await provideSnapshot(cluster, name, options.source);
  const first = await findSnapshot(cluster, name);
  const restored = await decideRestoredState(cluster, options, name, first);
  const input: RestoreInput = { ...cluster, snapshot: { name, id: first.found.id }, first: first.host };
  if (!first.isAccepted) {
    requireSpace(cluster, first);
    const told = describeRestore(cluster, name, first);
    await requireConfirmation(
      { destructive: told.destructive },
      options.confirm,
      cluster.options,
      confirmFix(name),
    );
    await replaceData(cluster, { input, state: restored, before, summary: told.summary });
  }
  // It may point to a control plane that cluster.yml no longer has, and that only the archive still names.
  await saveKubeconfig(clusterPaths(options.configPath).kubeconfig, {
    spec: cluster.session.spec,
    bundle: restored.desiredState.certificatesBundle ?? {},
    state: readStateInside(name, first, { isSpare: true }) ?? before,
    events: options.events,
  });
  // The restored data has the lease of another time.
  cluster.forgetLock();
  return { state: restored, input };
}

/** Brings the cluster around the first member to cluster.yml, as `rke up` does, and ends the restore. */
async function growCluster(
  session: LockedSession,
  { input, before }: { readonly input: RestoreInput; readonly before: ClusterState | undefined },
  options: RestoreSnapshotOptions,
): Promise<RunResult> {
  const events: ClusterOptions['events'] = {
    emit: (event) => {
      if (event.type !== 'run-started') options.events.emit(event);
    },
  };
  const quiet = { ...options, events };
  const prepared = await prepareUp(session, quiet);
  const needs = { ...prepared.needs, command: `rke ${restoreCommand}` };
  return withCluster(session, quiet, needs, async (cluster) => {
    const { decision, plan } = await decideRun(cluster, prepared, quiet);
    const operations = addRestoreSteps(decision.operations.operations, { ...input, ...cluster });
    return apply(cluster, {
      ...decision,
      operations: { ...decision.operations, operations },
      desired: markAccepted(decision.desired, input.snapshot, before),
      // What is unfinished is this restore.
      summary: summarizePlan({ ...plan, unfinished: [] }),
    });
  });
}
