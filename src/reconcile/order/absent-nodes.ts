import type { Role } from '../../config/cluster-spec.js';
import type { ClusterPlan, UnplannedNode } from '../../plan/cluster-plan-types.js';
import type { NodeFinder } from '../diff/find-node.js';
import { isNodeReady } from '../intents/node-operations.js';
import type { MembershipChanges } from '../membership/plan-membership.js';
import type { ObservedCluster } from '../observed.js';
import type { Plane } from './planes.js';

/** Nodes of cluster.yml whose hosts were not connected to, or could not be read. */
export function listAbsentNodes(
  { nodes, unplanned = [] }: Pick<ClusterPlan, 'nodes' | 'unplanned'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
): UnplannedNode[] {
  return [...unplanned, ...nodes.filter(({ node }) => !hosts.has(node.address))];
}

/** Addresses of members that count for their plane and cannot be asked. Others must do without them. */
export type AbsentMembers = Readonly<Record<Exclude<Plane, 'worker'>, readonly string[]>>;

export const noneAbsent: AbsentMembers = { etcd: [], controlplane: [] };

/**
 * Lists the members that were not reached: of etcd those that vote, or all of cluster.yml while the membership is not known; of the
 * control plane those whose node the cluster has, or all while the API cannot be read.
 */
export function listAbsentMembers(
  plan: Pick<ClusterPlan, 'nodes' | 'unplanned'>,
  observed: Pick<ObservedCluster, 'hosts' | 'etcd' | 'kube'>,
  { membership, findNode }: { readonly membership: MembershipChanges; readonly findNode: NodeFinder },
): AbsentMembers {
  const absent = listAbsentNodes(plan, observed);
  const withRole = (role: Role): UnplannedNode[] => absent.filter(({ node }) => node.role.includes(role));
  const isKnown = ({ identity }: UnplannedNode): boolean =>
    observed.kube === undefined || findNode(identity) !== undefined;
  return {
    etcd:
      observed.etcd === undefined
        ? withRole('etcd').map(({ node }) => node.address)
        : membership.unreached.map(({ host }) => host),
    controlplane: withRole('controlplane')
      .filter(isKnown)
      .map(({ node }) => node.address),
  };
}

/** Nodes of the cluster that were not reached and are not Ready. */
function listDownNodes(
  plan: Pick<ClusterPlan, 'nodes' | 'unplanned'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  findNode: NodeFinder,
): UnplannedNode[] {
  return listAbsentNodes(plan, observed).filter(({ identity }) => {
    const found = findNode(identity);
    return found !== undefined && !isNodeReady(found);
  });
}

/**
 * True if a node of the cluster was not reached and is not Ready. A DaemonSet is not available as long as it has a pod there, so that
 * no run may wait for what it does not change itself.
 */
export function isNodeDown(
  plan: Pick<ClusterPlan, 'nodes' | 'unplanned'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  findNode: NodeFinder,
): boolean {
  return listDownNodes(plan, observed, findNode).length > 0;
}

/** Nodes of a group that were not reached, are in the cluster and not Ready: each has a place in the window of its group. */
export function listUnavailable(
  plan: Pick<ClusterPlan, 'nodes' | 'unplanned'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  { group, findNode }: { readonly group: 'controlplane' | 'worker'; readonly findNode: NodeFinder },
): string[] {
  const isOfGroup = ({ node: { role } }: UnplannedNode): boolean =>
    group === 'worker' ? role.every((one) => one === 'worker') : role.includes('controlplane');
  return listDownNodes(plan, observed, findNode)
    .filter(isOfGroup)
    .map(({ node }) => node.address);
}
