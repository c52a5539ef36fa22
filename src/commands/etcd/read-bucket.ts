import type { S3Backup } from '../../config/cluster-spec.js';
import type { Failure } from '../../core/hosts-error.js';
import { RkeError } from '../../core/errors.js';
import { listS3Snapshots } from '../../execute/s3-bucket.js';
import type { SnapshotFile } from '../../reconcile/snapshots/snapshot-files.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { createS3 } from '../../s3/client.js';

/** The bucket of cluster.yml, and what is in it. */
export interface ReadBucket {
  /** Absent without S3. */
  readonly bucket?: S3Backup;
  /** Address of the host from which it was read. */
  readonly host?: string;
  readonly objects: readonly SnapshotFile[];
  /** Why it could not be read; empty without S3, and if it was read. */
  readonly failures: readonly Failure[];
}

/** Lists the snapshots in the bucket of `s3backupconfig`, from an etcd host that was reached. */
export async function readBucket({
  session,
  observed,
  hosts,
  options: { signal },
}: Pick<ReadCluster, 'session' | 'observed' | 'hosts' | 'options'>): Promise<ReadBucket> {
  const bucket = session.spec.services.etcd.backupConfig?.s3BackupConfig;
  const [address] = observed.hosts.keys();
  const host = address === undefined ? undefined : hosts.get(address);
  if (bucket === undefined || bucket === null || host === undefined) return { objects: [], failures: [] };
  try {
    const objects = await listS3Snapshots(host, bucket, { s3: createS3(), signal });
    return { bucket, host: host.address, objects, failures: [] };
  } catch (error) {
    if (!(error instanceof RkeError)) throw error;
    return { bucket, host: host.address, objects: [], failures: [{ title: 'list snapshots in S3', error }] };
  }
}
