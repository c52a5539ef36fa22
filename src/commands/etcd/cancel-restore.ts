import { etcdError, usageError, type RkeError } from '../../core/errors.js';
import { fanOut } from '../../execute/fan-out.js';
import { lookForSnapshot } from '../../execute/look-for-snapshot.js';
import { unpackFiles } from '../../host/tar.js';
import { defaultSnapshotSeconds } from '../../plan/components/etcd-snapshots.js';
import { putBackOperations } from '../../reconcile/restore/plan-restore.js';
import { buildLookContainer } from '../../reconcile/restore/restore-containers.js';
import { planOf } from '../../reconcile/operations.js';
import type { Finished } from '../../run/apply.js';
import { readingConcurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { emitPlanMade } from '../../run/run-events.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import type { RestoreMark } from '../../state/cluster-state.js';
import { restoreState } from './restore-mark.js';
import { restoreCommand, withRestoreSession } from './restore-session.js';
import { runSteps } from './run-steps.js';

export interface CancelRestoreOptions extends ClusterOptions {
  /** Name of the snapshot whose restore was interrupted. */
  readonly name: string;
}

/**
 * `rke etcd snapshot-restore --cancel`: puts data and state of before a restore back that was interrupted, and starts what it has
 * stopped. Possible until etcd was healthy with the new data: until then nothing was written that would be lost.
 *
 * @throws RkeError USAGE (exit 2) if no such restore is unfinished, RESTORE_UNFINISHED (exit 8) if it can only be finished; RunFailedError
 */
export function cancelRestore(options: CancelRestoreOptions): Promise<Finished> {
  return limitRun(options, cancel);
}

function cancel(options: CancelRestoreOptions): Promise<Finished> {
  return withRestoreSession(options, async ({ session, name, needs }) => {
    const mark = session.state?.restore;
    refuseOther(mark, name);
    return withCluster(session, options, needs, (cluster) => undoRestore(cluster, mark));
  });
}

/** Puts everything back, unless etcd has started with the new data. @throws RkeError RESTORE_UNFINISHED, RunFailedError (exit 8) */
export async function undoRestore(cluster: ObservedRun, mark: RestoreMark): Promise<Finished> {
  const { events } = cluster.options;
  if (mark.accepted === true || (await isAccepted(cluster))) throw tooLate(mark.name);
  const snapshot = { name: mark.name, id: mark.id };
  const operations = putBackOperations({ ...cluster, snapshot, first: '' }, { startsAll: true });
  const plan = planOf(operations);
  emitPlanMade(events, plan, [
    `cancel the restore of snapshot ${mark.name}: the old data of etcd and the old state come back`,
  ]);
  await runSteps(cluster, operations);
  await restoreState(cluster.session.store, mark.before);
  events.emit({
    type: 'warning',
    message: `the restore of snapshot ${mark.name} was cancelled; run \`rke up\` to bring certificates and settings back to the old state`,
  });
  return { done: operations.length, unchanged: plan.unchanged };
}

/** @throws RkeError USAGE */
function refuseOther(mark: RestoreMark | undefined, name: string): asserts mark is RestoreMark {
  if (mark === undefined)
    throw usageError('no restore is unfinished, so there is nothing to cancel', {
      fix: 'leave out --cancel to restore a snapshot',
    });
  if (mark.name !== name)
    throw usageError(`the restore that is unfinished is of snapshot ${mark.name}, not of ${name}`, {
      fix: `cancel it with \`rke ${restoreCommand} --name ${mark.name} --cancel\``,
    });
}

const tooLate = (name: string): RkeError =>
  etcdError(
    'RESTORE_UNFINISHED',
    `the restore of snapshot ${name} cannot be cancelled any more: etcd runs with its data`,
    {
      fix: `finish it with \`rke ${restoreCommand} --name ${name}\`; the old data stays in before-restore below the data directory of etcd`,
    },
  );

/** True if etcd of a host was healthy with the new data. */
async function isAccepted({ plan, hosts, observed, options }: ObservedRun): Promise<boolean> {
  const { signal } = options;
  const nodes = plan.nodes.filter(
    ({ node, snapshot }) => snapshot !== undefined && observed.hosts.has(node.address),
  );
  const looks = await fanOut(nodes, { limit: readingConcurrencyOf(options), signal }, async (node) => {
    const host = hosts.get(node.node.address);
    if (host === undefined) throw new Error(`${node.node.address} is not connected`);
    const timeoutSeconds = node.snapshot?.timeoutSeconds ?? defaultSnapshotSeconds;
    // No snapshot: its archive may be the reason to cancel.
    const container = buildLookContainer(node, '', { isContinued: true });
    return lookForSnapshot(host, container, { signal, unpackFiles, timeoutSeconds });
  });
  signal.throwIfAborted();
  return looks.some((look) => {
    if (look.status === 'rejected') throw look.reason;
    return look.value.started?.phase === 'accepted';
  });
}
