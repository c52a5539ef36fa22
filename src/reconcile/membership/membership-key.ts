import type { EtcdMembership } from '../../etcd/etcd.js';

/** Equal for hosts that see the same members. Members of an old cluster that come back after a recovery see others, with its id. */
export const membershipKey = ({
  clusterId,
  members,
}: Pick<EtcdMembership, 'clusterId' | 'members'>): string =>
  [clusterId, ...members.map(({ id }) => id).toSorted()].join(' ');
