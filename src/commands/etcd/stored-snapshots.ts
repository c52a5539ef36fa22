import type { CheckedArchive } from '../../core/events.js';
import { etcdError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import {
  deleteObjectOperation,
  deleteOperations,
  listStoredSnapshots,
  requireSnapshot,
  selectPruned,
  verifyOperations,
} from '../../reconcile/snapshots/stored-snapshots.js';
import { findSchedule } from '../../reconcile/snapshots/snapshot-schedule.js';
import type { Finished } from '../../run/apply.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import { listUnlisted } from './list-snapshots.js';
import { readBucket } from './read-bucket.js';
import { workOnEtcd, type EtcdWorkOptions } from './work-on-etcd.js';

export interface VerifySnapshotOptions extends EtcdWorkOptions {
  readonly name: string;
  /** Called for each host whose archive passed the check, also if others fail. */
  readonly onVerified?: (archive: CheckedArchive) => void;
}

/** `rke etcd verify`: checks the archive of a snapshot on every host that has it. @throws RunFailedError (exit 8) */
export function verifySnapshot(options: VerifySnapshotOptions): Promise<Finished> {
  const { events, name, onVerified } = options;
  const emit: typeof events.emit = (event) => {
    if (event.type === 'snapshot-verified') {
      const archive: CheckedArchive & { type?: string } = { ...event };
      delete archive.type;
      onVerified?.(archive);
    }
    events.emit(event);
  };
  return workOnEtcd({ ...options, events: { emit } }, 'etcd verify', async (cluster) => {
    const { plan, observed } = cluster;
    const { objects } = await readBucket(cluster);
    const snapshot = requireSnapshot(listStoredSnapshots(observed, objects), name);
    if (snapshot.copies.length === 0)
      throw etcdError(
        'SNAPSHOT_UNCHECKED',
        `snapshot ${snapshot.name} is only in S3, so it was not checked`,
        {
          fix: 'it is checked when it is downloaded to be restored',
        },
      );
    return { operations: verifyOperations(plan, observed, snapshot) };
  });
}

/** Snapshots that were deleted, or would be, by host. */
export type DeletedSnapshots = ReadonlyMap<string, readonly string[]>;

export interface DeleteSnapshotOptions extends EtcdWorkOptions {
  readonly name: string;
  /** Called before it is confirmed. @param object its name in S3; undefined for a snapshot that is only on hosts */
  readonly onDecided?: (deleted: DeletedSnapshots, object: string | undefined) => void;
}

/** `rke etcd delete`: deletes a snapshot on every host that has it, and from S3. @throws RunFailedError (exit 8), NOT_CONFIRMED (2) */
export function deleteSnapshot(options: DeleteSnapshotOptions): Promise<Finished> {
  return workOnEtcd(options, 'etcd delete', async (cluster) => {
    const { plan, observed } = cluster;
    const { bucket, host, objects, failures } = await readBucket(cluster);
    requireAllListed(cluster, failures);
    const all = listStoredSnapshots(observed, objects);
    const { name, copies, s3 } = requireSnapshot(all, options.name);
    const names = new Map(copies.map((copy) => [copy.host, [name]]));
    options.onDecided?.(names, s3?.file);
    const inBucket =
      s3 === undefined || bucket === undefined || host === undefined
        ? []
        : [deleteObjectOperation(host, s3.file, bucket)];
    const where = [...copies.map((copy) => copy.host), ...(inBucket.length === 0 ? [] : ['S3'])].join(', ');
    return {
      operations: [...deleteOperations(plan, observed, names), ...inBucket],
      destructive: [
        `snapshot ${name} is deleted: ${where}`,
        ...(all.length === 1 ? ['it is the last snapshot of the cluster'] : []),
      ],
    };
  });
}

export interface PruneSnapshotsOptions extends EtcdWorkOptions {
  /** Number of single snapshots that each host keeps, the newest ones; all by default. */
  readonly keepSingle?: number | undefined;
  readonly onDecided?: (deleted: DeletedSnapshots) => void;
}

/**
 * `rke etcd prune`: deletes recurring snapshots that are older than the retention, as when it was shortened. The last good one on
 * each host stays.
 *
 * @throws RunFailedError (exit 8), NOT_CONFIRMED (2)
 */
export function pruneSnapshots(options: PruneSnapshotsOptions): Promise<Finished> {
  return workOnEtcd(options, 'etcd prune', ({ plan, observed }) => {
    const unlisted = listUnlisted(observed);
    if (unlisted.length > 0) throw new RunFailedError(unlisted, false);
    const names = selectPruned(observed, { schedule: findSchedule(plan), keepSingle: options.keepSingle });
    options.onDecided?.(names);
    return {
      operations: deleteOperations(plan, observed, names),
      destructive: [...names].map(([host, own]) => `${host}: deleted: ${own.join(', ')}`),
    };
  });
}

/** A snapshot that is deleted must not stay on a host that was not reached. @throws RunFailedError */
function requireAllListed({ observed, unreached }: ObservedRun, others: readonly Failure[]): void {
  const failures = [...unreached, ...listUnlisted(observed), ...others];
  if (failures.length > 0) throw new RunFailedError(failures, false);
}
