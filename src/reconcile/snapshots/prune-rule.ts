import type { ObservedCluster } from '../observed.js';
import { isArchive } from './snapshot-age.js';
import type { SnapshotFile } from './snapshot-files.js';
import { recurringTime, type SnapshotSchedule } from './snapshot-schedule.js';
import { latestClock } from './stored-snapshots.js';

/** What `rke etcd prune` deletes. */
export interface PruneRule {
  /** Recurring snapshots that are older than the retention; undefined if no schedule is configured. */
  readonly schedule: SnapshotSchedule | undefined;
  /** Number of single snapshots that each host keeps, the newest ones; undefined to keep all. */
  readonly keepSingle: number | undefined;
}

/**
 * Names of the snapshots that each host no longer needs. The last good one stays whatever the rule: on each host its newest
 * snapshot, and the newest one that passed a check.
 */
export function selectPruned(
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  { schedule, keepSingle }: PruneRule,
): Map<string, string[]> {
  const pruned = [...hosts].map(([host, { snapshots = [], clock }]): [string, string[]] => {
    const archives = snapshots.filter(isArchive);
    const kept = [archives[0], archives.find(({ verified }) => verified !== undefined)];
    const isExpired = ({ name }: SnapshotFile): boolean => isOverRetention(name, clock, schedule);
    const singles = archives.filter(({ name }) => recurringTime(name) === undefined);
    const surplus = keepSingle === undefined ? [] : singles.slice(keepSingle);
    const names = archives.filter((one) => !kept.includes(one) && (isExpired(one) || surplus.includes(one)));
    return [host, names.map(({ name }) => name)];
  });
  return new Map(pruned.filter(([, names]) => names.length > 0));
}

/** True for a recurring snapshot that is older than the retention. */
function isOverRetention(
  name: string,
  clock: number | undefined,
  schedule: SnapshotSchedule | undefined,
): boolean {
  const time = recurringTime(name);
  return (
    time !== undefined &&
    clock !== undefined &&
    schedule !== undefined &&
    clock - time > schedule.retentionSeconds
  );
}

/**
 * Objects of a bucket that the retention no longer needs: recurring snapshots only, because other clusters may keep single ones in the
 * same bucket. The newest snapshot, and the newest one that passed a check, stay.
 */
export function selectPrunedObjects(
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  objects: readonly SnapshotFile[],
  schedule: SnapshotSchedule | undefined,
): string[] {
  const clock = latestClock(hosts);
  const kept = [objects[0], objects.find(({ verified }) => verified !== undefined)];
  return objects
    .filter(
      (one) => !kept.includes(one) && isOverRetention(one.name, clock === 0 ? undefined : clock, schedule),
    )
    .map(({ file }) => file);
}
