import { refuseUnknownEncryption } from '../../run/encryption/encryption-of-run.js';
import { refuseWipedMembers } from '../../run/checks/wiped-members.js';
import { planMembership } from '../../reconcile/membership/plan-membership.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { refuseForeignCluster } from './foreign-cluster.js';
import { findJoinedMembers } from './joined-members.js';
import type { PreparedUp } from './prepare.js';

/**
 * Checks that the hosts run the cluster of the state, or none, and that no etcd member has lost its data.
 *
 * @throws RunFailedError STATE_MISSING, ENCRYPTION_UNKNOWN (exit 4), ETCD_DATA_GONE (exit 8)
 */
export async function checkCluster(cluster: ReadCluster, { encryption }: PreparedUp): Promise<void> {
  const { session, plan, observed, facts, dataDirs, hosts, probe, options } = cluster;
  const { state, paths } = session;
  if (state === undefined) refuseForeignCluster(observed, paths.state);
  else refuseUnknownEncryption(encryption, observed, paths.state);
  const joined = await findJoinedMembers(state, { observed, facts, hosts, probe, signal: options.signal });
  const { joining } = planMembership(plan, observed);
  const mayBeEmpty = new Set([...joining, ...(plan.formerMembers ?? [])].map(({ host }) => host));
  refuseWipedMembers(state, { observed, facts, paths: dataDirs, joined, mayBeEmpty });
}
