import type { S3Backup } from '../../config/cluster-spec.js';
import { etcdError, type RkeError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { pullIfMissing } from '../intents/host-operations.js';
import type { ObservedCluster } from '../observed.js';
import { deleteSnapshotsId, verifySnapshotId } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import { isArchive } from './snapshot-age.js';
import { recurringTime } from './snapshot-schedule.js';
import type { SnapshotFile, VerifiedSnapshot } from './snapshot-files.js';

/** A snapshot by its name, with the hosts that have its archive. */
export interface StoredSnapshot {
  readonly name: string;
  /** True if the container for recurring snapshots has taken it, which deletes it after the retention. */
  readonly isRecurring: boolean;
  readonly copies: readonly SnapshotCopy[];
  /** Its object in S3. */
  readonly s3?: StoredObject;
}

/** An object in the bucket. */
export interface StoredObject extends Pick<SnapshotFile, 'file' | 'bytes' | 'modifiedAt' | 'verified'> {
  readonly ageSeconds: number;
}

/** An archive on a host. */
export interface SnapshotCopy {
  readonly host: string;
  readonly bytes: number;
  /** Seconds since 1970, by the clock of the host. */
  readonly modifiedAt: number;
  readonly ageSeconds: number;
  readonly verified?: VerifiedSnapshot;
}

/** Lists the snapshots on all hosts and in S3 by name, newest first. @param objects in the bucket */
export function listStoredSnapshots(
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  objects: readonly SnapshotFile[] = [],
): StoredSnapshot[] {
  const byName = new Map<string, SnapshotCopy[]>();
  for (const [host, { snapshots = [], clock = 0 }] of hosts) {
    for (const { name, bytes, modifiedAt, verified } of snapshots.filter(isArchive)) {
      const ageSeconds = Math.max(0, clock - modifiedAt);
      const copy = { host, bytes, modifiedAt, ageSeconds, ...(verified === undefined ? {} : { verified }) };
      byName.set(name, [...(byName.get(name) ?? []), copy]);
    }
  }
  const now = latestClock(hosts);
  const inBucket = new Map(
    objects.map(({ name, ...object }): [string, StoredObject] => [
      name,
      { ...object, ageSeconds: Math.max(0, now - object.modifiedAt) },
    ]),
  );
  return [...new Set([...byName.keys(), ...inBucket.keys()])]
    .map((name): StoredSnapshot => {
      const s3 = inBucket.get(name);
      const isRecurring = recurringTime(name) !== undefined;
      return { name, isRecurring, copies: byName.get(name) ?? [], ...(s3 === undefined ? {} : { s3 }) };
    })
    .toSorted((a, b) => ageOf(a) - ageOf(b) || (a.name < b.name ? -1 : 1));
}

/** The time of the hosts, in seconds since 1970; 0 if none is known. */
export const latestClock = (hosts: ObservedCluster['hosts']): number =>
  Math.max(0, ...[...hosts.values()].map(({ clock = 0 }) => clock));

/** Age of the newest copy in seconds. */
export const ageOf = ({ copies, s3 }: Pick<StoredSnapshot, 'copies' | 's3'>): number =>
  Math.min(...[...copies, ...(s3 === undefined ? [] : [s3])].map(({ ageSeconds }) => ageSeconds));

/** True if this is its name, with or without `.zip`. */
export const isNamed = ({ name }: Pick<StoredSnapshot, 'name'>, given: string): boolean =>
  name === given || `${name}.zip` === given;

/** Finds a snapshot by its name, with or without `.zip`. @throws RkeError SNAPSHOT_NOT_FOUND (exit 8) with the nearest names */
export function requireSnapshot(snapshots: readonly StoredSnapshot[], given: string): StoredSnapshot {
  const found = snapshots.find((one) => isNamed(one, given));
  if (found === undefined) throw noSnapshot(given, snapshots);
  return found;
}

function noSnapshot(given: string, snapshots: readonly StoredSnapshot[]): RkeError {
  const names = snapshots.map(({ name }) => name);
  return etcdError('SNAPSHOT_NOT_FOUND', `there is no snapshot ${given}${didYouMean(given, names)}`, {
    fix:
      names.length === 0 ? 'take one with `rke etcd snapshot-save`' : 'list the snapshots with `rke etcd ls`',
  });
}

/** Checks a snapshot on every host that has it, at the same time. */
export function verifyOperations(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  { name, copies }: StoredSnapshot,
): Operation[] {
  return copies.flatMap(({ host }): Operation[] => {
    const snapshot = takerOn(nodes, host);
    if (snapshot === undefined) return [];
    const { container, timeoutSeconds } = snapshot;
    const pulls = pullIfMissing(container.image, host, { hosts });
    return [
      ...pulls,
      {
        id: verifySnapshotId(host),
        stage: 'snapshot',
        title: `check snapshot ${name}`,
        host,
        after: pulls.map(({ id }) => id),
        kind: 'verify-snapshot',
        name,
        container,
        timeoutSeconds,
      },
    ];
  });
}

/** Deletes the object of a snapshot in S3, from a host. */
export function deleteObjectOperation(host: string, file: string, bucket: S3Backup): Operation {
  return {
    id: `delete-s3-snapshot:${file}`,
    stage: 'snapshot',
    title: `delete ${file} from bucket ${bucket.bucketName ?? ''}`,
    host,
    after: [],
    kind: 'delete-s3-snapshot',
    file,
    s3: bucket,
  };
}

/** Deletes archives on the hosts. @param names by host */
export function deleteOperations(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  names: ReadonlyMap<string, readonly string[]>,
): Operation[] {
  return [...names].flatMap(([host, own]): Operation[] => {
    const snapshot = takerOn(nodes, host);
    if (snapshot === undefined || own.length === 0) return [];
    const pulls = pullIfMissing(snapshot.container.image, host, { hosts });
    return [
      ...pulls,
      {
        id: deleteSnapshotsId(host),
        stage: 'snapshot',
        title: own.length === 1 ? `delete snapshot ${own[0] ?? ''}` : `delete ${own.length} snapshots`,
        host,
        after: pulls.map(({ id }) => id),
        kind: 'delete-snapshots',
        names: own,
        container: snapshot.container,
      },
    ];
  });
}

const takerOn = (nodes: readonly NodePlan[], host: string): NodePlan['snapshot'] =>
  nodes.find(({ node }) => node.address === host)?.snapshot;
