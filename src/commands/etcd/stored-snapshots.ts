import type { CheckedArchive } from '../../core/events.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { hasProxy } from '../../execute/s3-bucket.js';
import {
  deleteObjectOperation,
  deleteOperations,
  listStoredSnapshots,
  isNamed,
  requireSnapshot,
  verifyOperations,
} from '../../reconcile/snapshots/stored-snapshots.js';
import { verifyObjectOperations } from '../../reconcile/snapshots/download-operations.js';
import { selectPruned, selectPrunedObjects } from '../../reconcile/snapshots/prune-rule.js';
import { uniqueById } from '../../reconcile/order/graph.js';
import { findSchedule } from '../../reconcile/snapshots/snapshot-schedule.js';
import type { Finished } from '../../run/apply.js';
import type { ObservedRun } from '../../run/with-cluster.js';
import type { S3Api } from '../../s3/s3.js';
import { listUnlisted } from './list-snapshots.js';
import { readBucket } from './read-bucket.js';
import { workOnEtcd, type EtcdWork, type EtcdWorkOptions } from './work-on-etcd.js';

export interface VerifySnapshotOptions extends EtcdWorkOptions {
  readonly name: string;
  /** Called for each host whose archive passed the check, also if others fail. */
  readonly onVerified?: (archive: CheckedArchive) => void;
}

/** `rke etcd verify`: checks the archive of a snapshot on every host that has it, and in S3. @throws RunFailedError (exit 8) */
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
  return workOnEtcd({ ...options, events: { emit } }, 'etcd verify', (cluster) =>
    decideVerify(cluster, name),
  );
}

/**
 * Checks a snapshot on every host that has it, and in S3, at the same time. A bucket that cannot be read fails the run at its end.
 *
 * @throws RkeError SNAPSHOT_NOT_FOUND (exit 8); RunFailedError if it may be in a bucket that cannot be read
 */
export async function decideVerify(cluster: ObservedRun, given: string, s3?: S3Api): Promise<EtcdWork> {
  const { plan, observed } = cluster;
  const { bucket, host, objects, failures } = await readBucket(cluster, s3);
  const all = listStoredSnapshots(observed, objects);
  if (failures.length > 0 && !all.some((one) => isNamed(one, given))) throw new RunFailedError(failures);
  const snapshot = requireSnapshot(all, given);
  const object =
    snapshot.s3 === undefined || bucket === undefined || host === undefined
      ? []
      : verifyObjectOperations(plan, observed, {
          name: snapshot.name,
          s3: bucket,
          host,
          modifiedAt: snapshot.s3.modifiedAt,
        });
  const operations = [...verifyOperations(plan, observed, snapshot), ...object];
  return { operations: uniqueById(operations), failures };
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
  return workOnEtcd(options, 'etcd delete', (cluster) => decideDelete(cluster, options));
}

/** Deletes a snapshot everywhere: nothing is deleted unless every etcd host and the bucket can be listed. */
export async function decideDelete(
  cluster: ObservedRun,
  { name: given, onDecided }: Pick<DeleteSnapshotOptions, 'name' | 'onDecided'>,
  api?: S3Api,
): Promise<EtcdWork> {
  const { plan, observed } = cluster;
  const { bucket, host, objects, failures } = await readBucket(cluster, api);
  requireAllListed(cluster, failures);
  const all = listStoredSnapshots(observed, objects);
  const { name, copies, s3 } = requireSnapshot(all, given);
  const names = new Map(copies.map((copy) => [copy.host, [name]]));
  onDecided?.(names, s3?.file);
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
}

export interface PruneSnapshotsOptions extends EtcdWorkOptions {
  /** Number of single snapshots that each host keeps, the newest ones; all by default. */
  readonly keepSingle?: number | undefined;
  /** Called before it is confirmed. @param objects their names in S3 */
  readonly onDecided?: (deleted: DeletedSnapshots, objects: readonly string[]) => void;
}

/**
 * `rke etcd prune`: deletes recurring snapshots that are older than the retention, on the hosts and in S3, as when it was shortened. The
 * last good one on each host and in the bucket stays.
 *
 * @throws RunFailedError (exit 8), NOT_CONFIRMED (2)
 */
export function pruneSnapshots(options: PruneSnapshotsOptions): Promise<Finished> {
  return workOnEtcd(options, 'etcd prune', (cluster) => decidePrune(cluster, options));
}

/** Deletes what the rule does not need. A bucket that cannot be read fails the run at its end: the disks of the hosts may be full. */
export async function decidePrune(
  cluster: ObservedRun,
  { keepSingle, onDecided }: Pick<PruneSnapshotsOptions, 'keepSingle' | 'onDecided'>,
  s3?: S3Api,
): Promise<EtcdWork> {
  const { plan, observed, session, options } = cluster;
  const unlisted = listUnlisted(observed);
  if (unlisted.length > 0) throw new RunFailedError(unlisted);
  const schedule = findSchedule(plan);
  const names = selectPruned(observed, { schedule, keepSingle });
  const { bucket, host, objects, failures } = await readBucket(cluster, s3);
  const files = selectPrunedObjects(observed, objects, schedule);
  // rke-tools reaches the bucket, and deletes what is too old.
  const isProxied = failures.length > 0 && hasProxy(session.spec.services.etcd.extraEnv ?? []);
  if (isProxied) options.events.emit({ type: 'warning', message: notThroughProxy });
  onDecided?.(names, files);
  const inBucket =
    bucket === undefined || host === undefined
      ? []
      : files.map((file) => deleteObjectOperation(host, file, bucket));
  return {
    operations: [...deleteOperations(plan, observed, names), ...inBucket],
    destructive: [
      ...[...names].map(([on, own]) => `${on}: deleted: ${own.join(', ')}`),
      ...(files.length === 0 ? [] : [`bucket ${bucket?.bucketName ?? ''}: deleted: ${files.join(', ')}`]),
    ],
    failures: isProxied ? [] : failures,
  };
}

const notThroughProxy =
  'objects in S3 were not pruned: the bucket is reached through a proxy only, where the container for recurring snapshots deletes them';

/** A snapshot that is deleted must not stay on a host that was not reached. @throws RunFailedError */
function requireAllListed({ observed, unreached }: ObservedRun, others: readonly Failure[]): void {
  const failures = [...unreached, ...listUnlisted(observed), ...others];
  if (failures.length > 0) throw new RunFailedError(failures);
}
