import { planCluster } from '../../run/plan-cluster.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type LockedSession } from '../../run/session.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import type { ClusterNeeds } from '../../run/with-cluster.js';
import { checkSnapshotName, requireEtcdHosts } from './restore-checks.js';

/** As the user calls it, without `rke`. */
export const restoreCommand = 'etcd snapshot-restore';

/** What a restore works with before it has a cluster. */
export interface RestoreSession {
  readonly session: LockedSession;
  /** Name of the snapshot, without extension. */
  readonly name: string;
  readonly needs: ClusterNeeds;
}

/**
 * Works on a cluster whose restore is started, continued or cancelled, under the lock of its state.
 *
 * @throws RkeError USAGE (exit 2) for an invalid name, ETCD_NO_HOSTS (exit 8); what `openLockedSession` throws
 */
export async function withRestoreSession<Result>(
  options: ClusterOptions & { readonly name: string },
  work: (opened: RestoreSession) => Promise<Result>,
): Promise<Result> {
  const command = `rke ${restoreCommand}`;
  const name = checkSnapshotName(options.name, options.events);
  await using session = await openLockedSession(options, { forChange: false, duringRestore: true, command });
  emitRunStarted(options, restoreCommand, session.spec);
  requireEtcdHosts(session.spec);
  const needs: ClusterNeeds = {
    command,
    purpose: 'change',
    certificates: session.state?.desiredState.certificatesBundle ?? {},
    plan: (facts, certificates) => planCluster(session, facts, { certificates, encryptionConfig: '' }),
  };
  return await work({ session, name, needs });
}
