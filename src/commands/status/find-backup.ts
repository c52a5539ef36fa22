import type { SnapshotFile } from '../../reconcile/snapshots/snapshot-files.js';
import { findSchedule } from '../../reconcile/snapshots/snapshot-schedule.js';
import { ageOf, listStoredSnapshots } from '../../reconcile/snapshots/stored-snapshots.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { BackupStatus } from './cluster-status.js';

/** The newest complete snapshot on a host or in S3; undefined if none is known. @param objects in the bucket */
export function findBackup(
  { plan, observed }: Pick<ReadCluster, 'plan' | 'observed'>,
  objects: readonly SnapshotFile[],
): BackupStatus | undefined {
  const [newest] = listStoredSnapshots(observed, objects);
  if (newest === undefined) return undefined;
  const { name, copies, s3 } = newest;
  const schedule = findSchedule(plan);
  return {
    name,
    ageSeconds: ageOf(newest),
    hosts: copies.map(({ host }) => host),
    inS3: s3 !== undefined,
    verified: copies.length > 0 && copies.every(({ verified }) => verified !== undefined),
    ...(schedule === undefined ? {} : { intervalSeconds: schedule.intervalSeconds }),
  };
}
