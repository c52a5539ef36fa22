import type { S3Backup } from '../../config/cluster-spec.js';
import type { Failure } from '../../core/hosts-error.js';
import { etcdError } from '../../core/errors.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import {
  ageOf,
  listStoredSnapshots,
  type StoredSnapshot,
} from '../../reconcile/snapshots/stored-snapshots.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { openSession } from '../../run/session.js';
import { withReadCluster } from '../../run/with-cluster.js';
import type { VerifiedSnapshot } from '../../reconcile/snapshots/snapshot-files.js';
import { s3Prefix } from '../../reconcile/snapshots/s3-snapshots.js';
import { etcdNeeds, toEtcdSpec } from './etcd-session.js';
import { readBucket } from './read-bucket.js';

/** A snapshot as `rke etcd ls -o json` prints it: the names are a contract. */
export interface ListedSnapshot {
  readonly name: string;
  /** `recurring`: deleted after the retention; `single`: of `rke etcd snapshot-save`. */
  readonly kind: 'recurring' | 'single';
  /** Age of the newest copy. */
  readonly ageSeconds: number;
  /** Kubernetes version of the state in it; absent until a copy was checked. */
  readonly kubernetesVersion?: string;
  /** True if every copy on a host passed a check and has not changed since; for one that is in S3 alone, if its object did. */
  readonly verified: boolean;
  /** On the hosts. */
  readonly copies: readonly ListedCopy[];
  /** In S3; absent if it is not there. */
  readonly s3?: ListedObject;
}

export interface ListedObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** RFC 3339. */
  readonly modified: string;
  /** When it passed its last check (RFC 3339); absent if it was not checked since it changed. */
  readonly verified?: string;
  readonly revision?: number;
  readonly keys?: number;
}

export interface ListedCopy {
  readonly host: string;
  readonly bytes: number;
  /** RFC 3339, by the clock of the host. */
  readonly modified: string;
  /** When it passed its last check (RFC 3339); absent if it was not checked since it changed. */
  readonly verified?: string;
  readonly revision?: number;
  readonly keys?: number;
}

export interface SnapshotList {
  /** Newest first. */
  readonly snapshots: readonly ListedSnapshot[];
  /** Etcd hosts that could not be listed. */
  readonly failures: readonly Failure[];
}

export interface ListSnapshotsOptions extends ClusterOptions {
  /** Replaces `s3backupconfig` of cluster.yml. */
  readonly s3?: S3Backup | undefined;
}

/**
 * `rke etcd ls`: lists the snapshots on all etcd hosts and in S3. Changes nothing, and takes no lock.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), RunFailedError (5, 6) if no etcd host can be reached
 */
export function listSnapshots(options: ListSnapshotsOptions): Promise<SnapshotList> {
  return limitRun(options, async () => {
    const opened = await openSession(options, { forChange: false });
    const session = { ...opened, spec: toEtcdSpec(opened.spec, options.s3) };
    return withReadCluster(session, options, etcdNeeds(session, 'etcd ls'), async (cluster) => {
      const { observed, unreached } = cluster;
      const { bucket, objects, failures } = await readBucket(cluster);
      return {
        snapshots: listStoredSnapshots(observed, objects).map((one) => toListed(one, bucket)),
        failures: [...unreached, ...listUnlisted(observed), ...failures],
      };
    });
  });
}

/** Etcd hosts that were reached and whose snapshots are not known. */
export function listUnlisted({ hosts }: Pick<ObservedCluster, 'hosts'>): Failure[] {
  return [...hosts].flatMap(([host, { snapshots, containers }]): Failure[] =>
    snapshots !== undefined || !containers.has('etcd')
      ? []
      : [
          {
            title: 'list snapshots',
            host,
            error: etcdError('SNAPSHOT_UNCHECKED', `the user may not read ${snapshotDirectory}`, {
              host,
              fix: (on) =>
                `run \`sudo chmod 755 ${snapshotDirectory}\` on ${on}, then run the same command again`,
            }),
          },
        ],
  );
}

function toListed(snapshot: StoredSnapshot, bucket: S3Backup | undefined): ListedSnapshot {
  const { name, isRecurring, copies, s3 } = snapshot;
  const version = [...copies, ...(s3 === undefined ? [] : [s3])].find(
    ({ verified }) => verified?.kubernetesVersion !== undefined,
  )?.verified?.kubernetesVersion;
  return {
    name,
    kind: isRecurring ? 'recurring' : 'single',
    ageSeconds: ageOf(snapshot),
    ...(version === undefined ? {} : { kubernetesVersion: version }),
    verified:
      copies.length > 0 ? copies.every(({ verified }) => verified !== undefined) : s3?.verified !== undefined,
    copies: copies.map(({ host, bytes, modifiedAt, verified }) => ({
      host,
      bytes,
      modified: toTime(modifiedAt),
      ...toCheck(verified),
    })),
    ...(s3 === undefined
      ? {}
      : {
          s3: {
            bucket: bucket?.bucketName ?? '',
            key: `${s3Prefix(bucket ?? {})}${s3.file}`,
            bytes: s3.bytes,
            modified: toTime(s3.modifiedAt),
            ...toCheck(s3.verified),
          },
        }),
  };
}

const toCheck = (
  verified: VerifiedSnapshot | undefined,
): Pick<ListedCopy, 'verified' | 'revision' | 'keys'> =>
  verified === undefined
    ? {}
    : { verified: toTime(verified.at), revision: verified.revision, keys: verified.keys };

const toTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
