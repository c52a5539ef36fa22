import type { ClusterSpec } from '../config/cluster-spec.js';
import type { ClusterPlan } from './cluster-plan-types.js';
import { nameMember } from './components/etcd.js';

/**
 * Lists the members of etcd that cluster.yml has, and those that only earlier configurations have.
 *
 * @param earlier finished or not: an unfinished run may have begun to add a member
 */
export function planMembers(
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  earlier: readonly Pick<ClusterSpec, 'nodes'>[],
): Required<Pick<ClusterPlan, 'members' | 'formerMembers'>> {
  const membersOf = (of: Pick<ClusterSpec, 'nodes'>) =>
    of.nodes.filter(({ role }) => role.includes('etcd')).map(nameMember);
  const members = membersOf({ nodes });
  const known = new Set(members.map(({ peerUrl }) => peerUrl));
  const former = new Map(earlier.flatMap(membersOf).map((member) => [member.peerUrl, member]));
  return { members, formerMembers: [...former.values()].filter(({ peerUrl }) => !known.has(peerUrl)) };
}
