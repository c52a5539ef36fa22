import type { S3Backup } from '../../config/cluster-spec.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../../plan/cluster-plan-types.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { pullIfMissing } from '../intents/host-operations.js';
import type { ObservedCluster } from '../observed.js';
import { downloadId, verifyS3Id } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';

/** Where an archive is on the host until it was checked; below the directory of snapshots, so that it can be moved there at once. */
export const downloadDirectory = `${snapshotDirectory}/.download`;

export interface DownloadRequest {
  /** Name of a snapshot in the bucket. */
  readonly name: string;
  readonly s3: S3Backup;
  /** Hosts that need the archive; every etcd host that was reached by default, the same as in RKE v1. */
  readonly hosts?: ReadonlySet<string>;
  /** What must be done before. */
  readonly after?: readonly OperationId[];
}

/**
 * Downloads the archive of a snapshot from S3 to etcd hosts (RKE services/etcd.go DownloadEtcdSnapshotFromS3): then it is in the
 * directory of snapshots like one that was saved there. What comes after it waits for `downloadId` of each host.
 */
export function downloadOperations(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  { name, s3, hosts, after = [] }: DownloadRequest,
): Operation[] {
  return nodes.flatMap(({ node, snapshot }: NodePlan): Operation[] => {
    const host = node.address;
    if (snapshot === undefined || !observed.hosts.has(host) || hosts?.has(host) === false) return [];
    const pulls = pullIfMissing(snapshot.container.image, host, observed);
    return [
      ...pulls,
      {
        id: downloadId(host),
        stage: 'snapshot',
        title: 'download the etcd snapshot from S3',
        host,
        after: [...after, ...pulls.map(({ id }) => id)],
        kind: 'download-snapshot',
        name,
        container: downloader(snapshot, name),
        timeoutSeconds: snapshot.timeoutSeconds,
        s3,
      },
    ];
  });
}

/** Downloads the archive of a snapshot in S3 to a host, checks it, and removes it again. */
export function verifyObjectOperations(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  {
    name,
    s3,
    host,
    modifiedAt,
  }: Pick<DownloadRequest, 'name' | 's3'> & { readonly host: string; readonly modifiedAt: number },
): Operation[] {
  const snapshot = nodes.find(({ node }) => node.address === host)?.snapshot;
  if (snapshot === undefined) return [];
  const pulls = pullIfMissing(snapshot.container.image, host, observed);
  return [
    ...pulls,
    {
      id: verifyS3Id(host),
      stage: 'snapshot',
      title: `check snapshot ${name} in S3`,
      host,
      after: pulls.map(({ id }) => id),
      kind: 'verify-s3-snapshot',
      name,
      container: downloader(snapshot, name),
      timeoutSeconds: snapshot.timeoutSeconds,
      s3,
      modifiedAt,
    },
  ];
}

const downloader = ({ container }: NonNullable<NodePlan['snapshot']>, name: string): ContainerSpec => ({
  ...container,
  name: 'etcd-download-backup',
  cmd: ['/opt/rke-tools/rke-etcd-backup', 'etcd-backup', 'download', '--name', name],
  binds: container.binds.flatMap(toDownload),
});

/** The mount of the snapshots, from the directory of downloads; it needs no other. */
function toDownload(bind: string): string[] {
  const [source = '', target, ...options] = bind.split(':');
  return target === '/backup' && source.startsWith(snapshotDirectory)
    ? [[`${downloadDirectory}/`, target, ...options].join(':')]
    : [];
}
