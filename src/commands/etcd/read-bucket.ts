import type { S3Backup } from '../../config/cluster-spec.js';
import type { Failure } from '../../core/hosts-error.js';
import { startDeadline } from '../../core/deadline.js';
import { RkeError } from '../../core/errors.js';
import { fanOut } from '../../execute/fan-out.js';
import { listS3Snapshots } from '../../execute/s3-bucket.js';
import type { SnapshotFile } from '../../reconcile/snapshots/snapshot-files.js';
import { readVerifiedObjectsCommand, withVerified } from '../../reconcile/snapshots/verified-objects.js';
import { readingConcurrencyOf } from '../../run/cluster-options.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { createS3 } from '../../s3/client.js';
import type { S3Api } from '../../s3/s3.js';

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
export async function readBucket(
  cluster: Pick<ReadCluster, 'session' | 'observed' | 'hosts' | 'options'>,
  s3: S3Api = createS3(),
): Promise<ReadBucket> {
  const { session, observed, hosts, options } = cluster;
  const { signal } = options;
  const bucket = session.spec.services.etcd.backupConfig?.s3BackupConfig;
  const [address] = observed.hosts.keys();
  const host = address === undefined ? undefined : hosts.get(address);
  if (bucket === undefined || bucket === null || host === undefined) return { objects: [], failures: [] };
  try {
    const listed = await listS3Snapshots(host, bucket, { s3, signal });
    const objects = withVerified(listed, bucket, listed.length === 0 ? [] : await readRecords(cluster));
    return { bucket, host: host.address, objects, failures: [] };
  } catch (error) {
    if (!(error instanceof RkeError)) throw error;
    return { bucket, host: host.address, objects: [], failures: [{ title: 'list snapshots in S3', error }] };
  }
}

const recordMilliseconds = 10_000;

/** What checks have found in objects, as each host has recorded it. A record that cannot be read has no effect. */
async function readRecords({
  observed,
  hosts,
  options,
}: Pick<ReadCluster, 'observed' | 'hosts' | 'options'>): Promise<string[]> {
  const { signal } = options;
  const reached = [...hosts].flatMap(([address, host]) => (observed.hosts.has(address) ? [host] : []));
  const found = await fanOut(reached, { limit: readingConcurrencyOf(options), signal }, async (host) => {
    using deadline = startDeadline(recordMilliseconds, signal);
    return (await host.read(readVerifiedObjectsCommand(), deadline)).stdout;
  });
  signal.throwIfAborted();
  return found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
