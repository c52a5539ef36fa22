import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { pullIfMissing } from '../intents/host-operations.js';
import type { ObservedCluster } from '../observed.js';
import { snapshotId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';

export interface SnapshotRequest {
  /** Name of the snapshot, valid by `snapshotNameFault` and on no host yet. */
  readonly name: string;
  /** Text of cluster.rkestate, which a restore needs; undefined if there is none. */
  readonly state: string | undefined;
  /** What must be done before. */
  readonly after?: readonly OperationId[];
  /** What to do without the snapshot, as a clause of the fix of its errors. */
  readonly wayOut?: string;
}

/**
 * Takes a snapshot on every etcd host that was reached, all at the same time. With S3, one after the other: the first upload
 * counts, and rke-tools skips the others when they find it.
 *
 * What comes after the snapshots waits for `snapshotId` of each host. The names of the operations do not have the name of the
 * snapshot, which may be different in every run, so that two plans that would do the same are the same.
 */
export function snapshotOperations(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  request: SnapshotRequest,
): Operation[] {
  return nodes.flatMap((node) =>
    observed.hosts.has(node.node.address) ? saveOnHost(node, observed, request) : [],
  );
}

function saveOnHost(
  { node, snapshot }: NodePlan,
  observed: Pick<ObservedCluster, 'hosts'>,
  { name, state, after = [], wayOut }: SnapshotRequest,
): Operation[] {
  if (snapshot === undefined) return [];
  const { container, timeoutSeconds, s3 } = snapshot;
  const host = node.address;
  const pulls = pullIfMissing(container.image, host, observed);
  return [
    ...pulls,
    {
      id: snapshotId(host),
      stage: 'snapshot',
      title: 'save an etcd snapshot',
      host,
      after: [...after, ...pulls.map(({ id }) => id)],
      kind: 'save-snapshot',
      name,
      container: { ...container, cmd: [...container.cmd, '--name', name] },
      timeoutSeconds,
      ...(state === undefined ? {} : { state }),
      ...(s3 === undefined ? {} : { s3 }),
      ...(wayOut === undefined ? {} : { wayOut }),
    },
  ];
}
