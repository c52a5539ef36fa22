import { etcdError, type ErrorDetails } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { nameMember } from '../../plan/components/etcd.js';
import type { CheckFacts } from '../../reconcile/checks/facts.js';
import { etcdDataPath } from '../../reconcile/checks/etcd-data-path.js';
import { planMembership } from '../../reconcile/membership/plan-membership.js';
import { carriesCluster, type ObservedCluster } from '../../reconcile/observed.js';
import type { DecisionWarning } from '../../run/apply.js';
import type { ClusterState } from '../../state/cluster-state.js';

interface MembershipInput {
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
  readonly facts: ReadonlyMap<string, CheckFacts>;
  readonly state: ClusterState | undefined;
}

/** Reasons not to change the members of etcd; empty if none is to be changed, or all changes are safe. */
export function refuseMembership(input: MembershipInput): Failure[] {
  const { plan, observed, state } = input;
  const { fault } = planMembership(plan, observed);
  return [
    ...(fault === undefined ? [] : [refuseStep(fault)]),
    ...refuseOldData(input),
    ...(observed.isEtcdSplit === true ? [refuseSplit()] : []),
    ...(observed.etcd === undefined && carriesCluster(observed) ? refuseUnknown(plan, observed, state) : []),
  ];
}

/** Healthy members that neither cluster.yml nor the state has are left alone. */
export function warnOfUnknownMembers(plan: ClusterPlan, observed: ObservedCluster): DecisionWarning[] {
  return planMembership(plan, observed).unknown.map(({ id, name, peerUrls }) => ({
    message: `etcd has a member that neither cluster.yml nor the state has, ${name} (${peerUrls.join(', ')}), and rke leaves it as it is; if it is not needed, run \`docker exec etcd etcdctl member remove ${BigInt(id).toString(16)}\` on an etcd host`,
  }));
}

const title = 'check etcd members';

function refuseStep(fault: string): Failure {
  const details: ErrorDetails = {
    fix: 'fix the members that are not healthy; if a host is gone for good, run `rke node remove NAME --force`, then run `rke up` again',
  };
  return { title, error: etcdError('ETCD_QUORUM', `cannot ${fault}`, details) };
}

/** Members of an old cluster have come back after a recovery: API servers would use both. */
function refuseSplit(): Failure {
  const details: ErrorDetails = {
    fix: 'run `rke etcd recover-quorum`, which moves the data of the old cluster aside, then run `rke up` again',
  };
  const message = 'the hosts run more than one etcd cluster, so nothing is changed';
  return { title, error: etcdError('ETCD_MEMBERSHIP', message, details) };
}

/** A member that joins needs an empty directory: etcd refuses one that was removed before. */
function refuseOldData({ plan, observed, facts }: MembershipInput): Failure[] {
  const { joining } = planMembership(plan, observed);
  return joining.flatMap(({ add, host }): Failure[] => {
    const node = plan.nodes.find((one) => one.node.address === host);
    // A container that etcd does not know was a member of another etcd, even if its data cannot be read.
    const wasMember = observed.hosts.get(host)?.containers.has('etcd') === true;
    const hasData = facts.get(host)?.etcdData === 'data';
    if (add === undefined || node === undefined || !(hasData || wasMember)) return [];
    const path = etcdDataPath(node);
    const message = `the host is to join etcd, but ${path} has the data of another etcd or of a removed member`;
    const fix = (on: string): string =>
      `if the host was a member before \`rke etcd recover-quorum\`, run that command again; otherwise, if the data is no longer needed, run \`docker rm -f etcd; sudo rm -rf ${path}\` on ${on}, then run \`rke up\` again`;
    return [{ title, host, error: etcdError('ETCD_DATA_FOUND', message, { host, fix }) }];
  });
}

/** While etcd does not answer, a new member would found a second, empty cluster, and none can be removed. */
function refuseUnknown(
  { members = [], formerMembers = [] }: ClusterPlan,
  { etcdTrouble = 'no member runs' }: ObservedCluster,
  state: ClusterState | undefined,
): Failure[] {
  const running = state?.currentState.rkeConfig ?? state?.desiredState.rkeConfig;
  if (running === undefined) return [];
  const known = new Set(running.nodes.map((node) => nameMember(node).peerUrl));
  const isMember = new Set(
    running.nodes.filter(({ role }) => role.includes('etcd')).map((node) => nameMember(node).peerUrl),
  );
  if (isMember.size === 0) return [];
  const changes = [
    ...members.filter(({ peerUrl }) => !isMember.has(peerUrl)).map(({ name }) => `${name} cannot join`),
    ...formerMembers.filter(({ peerUrl }) => known.has(peerUrl)).map(({ name }) => `${name} cannot leave`),
  ];
  if (changes.length === 0) return [];
  const message = `etcd does not answer, so its members cannot be changed: ${changes.join(', ')} (${etcdTrouble})`;
  const fix =
    'run the same command again; if etcd still does not answer, undo the change of the etcd hosts in cluster.yml and run `rke up`, which repairs the members, then make the change again';
  return [{ title, error: etcdError('ETCD_MEMBERSHIP', message, { fix }) }];
}
