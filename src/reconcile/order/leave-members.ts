import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { etcdDataPath } from '../checks/etcd-data-path.js';
import { etcdScript } from '../intents/clean-script.js';
import type { LeavingMember, MembershipChanges } from '../membership/plan-membership.js';
import type { ObservedCluster } from '../observed.js';
import { drainId, removeId, removeMemberId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { nodesCordoned } from './leaving-nodes.js';

/** Seconds in which the majority must become healthy without the member, and etcd must accept the removal. */
const changeSeconds = 120;

/** Removes members that are not healthy and left cluster.yml, one after the other. */
export function removeLostMembers(changes: MembershipChanges, after: readonly OperationId[]): Operation[] {
  return removeInTurn(changes.lost, changes, () => after);
}

/**
 * Removes healthy members that left cluster.yml, one after the other: their nodes are drained then, and their hosts are cleaned
 * afterwards. A node that only lost the role keeps the rest.
 *
 * @param done reached when the hosts that stay are as planned
 */
export function leaveMembers(
  changes: MembershipChanges,
  { nodes, leaving = [] }: ClusterPlan,
  { kube, hosts, etcd }: Pick<ObservedCluster, 'kube' | 'hosts' | 'etcd'>,
  done: OperationId,
): Operation[] {
  const isOfNode = ({ host }: LeavingMember): boolean => leaving.some(({ node }) => node.address === host);
  // Without the API no node leaves, and its member stays with it.
  const members = changes.leaving.filter((member) => kube !== undefined || !isOfNode(member));
  const removals = removeInTurn(members, changes, ({ host = '' }) => [done, nodesCordoned, drainId(host)]);
  if (etcd === undefined) return removals;
  const withoutRole = nodes.filter(
    ({ node, containers }) =>
      !containers.some(({ name }) => name === 'etcd') &&
      hosts.get(node.address)?.leftovers.includes('etcd') === true &&
      changes.formerHosts.has(node.address),
  );
  return [...removals, ...withoutRole.map((node) => removeEtcd(node, done))];
}

function removeInTurn(
  members: readonly LeavingMember[],
  { endpoints }: MembershipChanges,
  afterOf: (member: LeavingMember) => readonly OperationId[],
): Operation[] {
  let before: readonly OperationId[] = [];
  return members.map((member): Operation => {
    const { id, name, peerUrl, host } = member;
    const operation: Operation = {
      id: removeMemberId(host ?? id),
      stage: 'etcd',
      title: `remove etcd member ${name}`,
      ...(host === undefined ? {} : { host }),
      after: [...before, ...afterOf(member)],
      kind: 'remove-member',
      name,
      peerUrl,
      // The member itself is asked last.
      through: endpoints.toSorted((a, b) => Number(a.peerUrl === peerUrl) - Number(b.peerUrl === peerUrl)),
      memberId: id,
      timeoutSeconds: changeSeconds,
    };
    before = [operation.id];
    return operation;
  });
}

function removeEtcd(node: NodePlan, done: OperationId): Operation {
  const host = node.node.address;
  return {
    id: removeId('etcd', host),
    stage: 'etcd',
    title: 'remove etcd and its data',
    host,
    after: [done, removeMemberId(host)],
    kind: 'remove-etcd',
    image: node.images[0] ?? '',
    script: etcdScript(etcdDataPath(node)),
  };
}
