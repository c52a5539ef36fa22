import type { CheckedArchive } from '../../core/events.js';
import { RunFailedError } from '../../core/hosts-error.js';
import {
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
  return workOnEtcd({ ...options, events: { emit } }, 'etcd verify', ({ plan, observed }) => ({
    operations: verifyOperations(plan, requireSnapshot(listStoredSnapshots(observed), name)),
  }));
}

/** Snapshots that were deleted, or would be, by host. */
export type DeletedSnapshots = ReadonlyMap<string, readonly string[]>;

export interface DeleteSnapshotOptions extends EtcdWorkOptions {
  readonly name: string;
  readonly onDecided?: (deleted: DeletedSnapshots) => void;
}

/** `rke etcd delete`: deletes a snapshot on every host that has it. @throws RunFailedError (exit 8), NOT_CONFIRMED (2) */
export function deleteSnapshot(options: DeleteSnapshotOptions): Promise<Finished> {
  return workOnEtcd(options, 'etcd delete', (cluster) => {
    requireAllListed(cluster);
    const { plan, observed } = cluster;
    const all = listStoredSnapshots(observed);
    const { name, copies } = requireSnapshot(all, options.name);
    const names = new Map(copies.map(({ host }) => [host, [name]]));
    options.onDecided?.(names);
    const last = all.length === 1 ? ['it is the last snapshot of the cluster'] : [];
    const where = copies.map(({ host }) => host).join(', ');
    return {
      operations: deleteOperations(plan, names),
      destructive: [`snapshot ${name} is deleted on ${where}`, ...last],
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
      operations: deleteOperations(plan, names),
      destructive: [...names].map(([host, own]) => `${host}: deleted: ${own.join(', ')}`),
    };
  });
}

/** A snapshot that is deleted must not stay on a host that was not reached. @throws RunFailedError */
function requireAllListed({ observed, unreached }: ObservedRun): void {
  const failures = [...unreached, ...listUnlisted(observed)];
  if (failures.length > 0) throw new RunFailedError(failures, false);
}
