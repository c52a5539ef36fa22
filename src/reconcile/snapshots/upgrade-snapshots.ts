import { compareVersions } from '../../versions/compare-versions.js';
import { imageVersion } from '../../versions/kubernetes-version.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../observed.js';
import { imagesPulled } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import { createMilestone, holdBehind } from '../order/graph.js';
import { idsOf } from '../order/planes.js';
import { snapshotOperations, type SnapshotRequest } from './snapshot-operations.js';

/** What a snapshot before an upgrade is made of; its place in the run follows from the operations. */
export type UpgradeSnapshot = Pick<SnapshotRequest, 'name' | 'state'>;

const wayOut = 'to upgrade without a snapshot, run `rke up --no-snapshot`';

/**
 * Puts snapshots of etcd before a run that upgrades Kubernetes (docs/decisions/0023): when all images are pulled, and before
 * anything else. One that fails stops the run, which has changed nothing then.
 *
 * @param operations with prerequisites that are operations of the same list only
 */
export function addUpgradeSnapshots(
  operations: readonly Operation[],
  plan: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  request: UpgradeSnapshot,
): readonly Operation[] {
  if (!upgradesKubernetes(operations, observed)) return operations;
  const after = idsOf(operations.filter(({ id }) => id === imagesPulled));
  const added = snapshotOperations(withMembers(plan, observed), observed, { ...request, after, wayOut });
  if (added.length === 0) return operations;
  const there = new Set(idsOf(operations));
  const taken = createMilestone('snapshots', 'snapshot', idsOf(added));
  const pulls = idsOf(operations.filter(({ kind }) => kind === 'pull-image'));
  return [
    ...added.filter(({ id }) => !there.has(id)),
    taken,
    ...holdBehind(taken.id, operations, [...pulls, ...after]),
  ];
}

/**
 * True if a kube-apiserver that is there gets a higher Kubernetes version: from then on there is no way back but a restore. An
 * image whose version is not known counts as higher; another build or registry of the same version does not.
 */
export function upgradesKubernetes(
  operations: readonly Operation[],
  { hosts }: Pick<ObservedCluster, 'hosts'>,
): boolean {
  return operations.some((operation) => {
    if (operation.kind !== 'replace-container' || operation.container.name !== 'kube-apiserver') return false;
    if (!operation.changes.some(({ field }) => field === 'image')) return false;
    const before = imageVersion(
      hosts.get(operation.host ?? '')?.containers.get(operation.container.name)?.image,
    );
    const next = imageVersion(operation.container.image);
    return before === undefined || next === undefined || compareVersions(next, before) > 0;
  });
}

/** The hosts on which etcd runs: others join or are repaired in this run. All, if it runs on none. */
function withMembers(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
): Pick<ClusterPlan, 'nodes'> {
  const members = nodes.filter(({ node, snapshot }) => {
    const etcd = hosts.get(node.address)?.containers.get('etcd');
    return snapshot !== undefined && etcd?.running === true && !etcd.restarting;
  });
  return { nodes: members.length > 0 ? members : nodes };
}
