import type { ClusterSpec } from '../../config/cluster-spec.js';
import { etcdError, usageError } from '../../core/errors.js';
import { formatBytes } from '../../core/format-bytes.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { storedNameFault } from '../../reconcile/snapshots/snapshot-name.js';
import type { FirstMember } from '../../reconcile/restore/choose-first.js';
import type { SnapshotLook } from '../../reconcile/restore/snapshot-look.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import type { ObservedRun } from '../../run/with-cluster.js';

/** The name of a snapshot as files have it, without extension. @throws RkeError USAGE (exit 2) */
export function checkSnapshotName(name: string, events: ClusterOptions['events']): string {
  const plain = name.replace(/\.zip$/, '');
  if (plain !== name)
    events.emit({ type: 'warning', message: `the name of the snapshot is ${plain}, without .zip` });
  const fault = storedNameFault(plain);
  if (fault === undefined) return plain;
  throw usageError(`invalid snapshot name "${name}": ${fault}`, {
    fix: 'set the name that `rke etcd snapshot-save` printed, without directory and .zip',
  });
}

/** @throws RkeError ETCD_NO_HOSTS (exit 8) if etcd is external */
export function requireEtcdHosts({ nodes }: ClusterSpec): void {
  if (nodes.some(({ role }) => role.includes('etcd'))) return;
  throw etcdError('ETCD_NO_HOSTS', 'cluster.yml has no etcd host, so there is nothing to restore', {
    fix: 'restore the external etcd where it runs',
  });
}

/** The database is there three times for a moment: in the archive, as etcd has it, and unpacked. */
const timesOfDatabase = 2;

/** @throws RunFailedError SNAPSHOT_DISK_FULL (exit 8) */
export function requireSpace({ facts }: ObservedRun, { host, found: { databaseBytes } }: FirstMember): void {
  const free = facts.get(host)?.disks.etcd?.freeKib;
  const needed = (databaseBytes * timesOfDatabase) / 1024;
  if (free === undefined || free >= needed) return;
  const message = `${formatBytes(free * 1024)} are free where etcd keeps its data, and the restore needs ${formatBytes(needed * 1024)}; nothing was changed`;
  const fix = (on: string): string =>
    `free space (\`df -h /var/lib/etcd\` on ${on}), then run the same command again`;
  throw new RunFailedError([
    { title: 'check the disk', host, error: etcdError('SNAPSHOT_DISK_FULL', message, { host, fix }) },
  ]);
}

/**
 * Refuses a restore while another run, with another copy of the state, may work on one: it has stopped the API, so that no lease keeps the
 * two apart. A restore that this state records is continued.
 *
 * @throws RunFailedError RESTORE_UNFINISHED (exit 8)
 */
export function refuseOtherRestore(
  { session: { state, lock }, observed }: ObservedRun,
  looks: ReadonlyMap<string, SnapshotLook>,
): void {
  const isApart = observed.kube !== undefined || lock.isBreaking;
  if (isApart || state === undefined || state.restore !== undefined) return;
  const hosts = [...looks].flatMap(([host, { started }]) => (started === undefined ? [] : [host]));
  if (hosts.length === 0) return;
  const error = etcdError(
    'RESTORE_UNFINISHED',
    'another run has started a restore, with another copy of cluster.rkestate; nothing was changed',
    {
      fix: 'wait until that run has ended; if it was interrupted, continue it where it was started; if that is not possible, run this command again with --break-lock',
    },
  );
  throw new RunFailedError(hosts.map((host) => ({ title: 'find the snapshot', host, error })));
}
