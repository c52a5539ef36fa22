import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { refuseWithoutMembers, type CommonChanges } from '../../src/commands/up/unreached-refusals.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { noRollout } from '../../src/reconcile/diff/file-readers.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { memberOn } from '../fakes/membership-model.js';
import { address, changed, found, onHost, up } from '../reconcile/plane-helpers.js';

const asBefore: CommonChanges = {
  versions: ['v1.30.4-rancher1-1', 'v1.30.4-rancher1-1'],
  changesEncryption: false,
  rollout: { ...noRollout, hasNewCa: false },
};

interface Case {
  readonly roles: readonly (readonly Role[])[];
  /** Numbers of the hosts that are not reached; they have no plan. */
  readonly away: readonly number[];
  readonly containers?: readonly string[];
  readonly changes?: Partial<CommonChanges>;
  /** False if etcd did not answer. */
  readonly isEtcdRead?: boolean;
  readonly observe?: (observed: ObservedCluster) => ObservedCluster;
}

const etcd = (count: number): Role[][] => Array.from({ length: count }, () => ['etcd']);
const all = (count: number): Role[][] =>
  Array.from({ length: count }, () => ['controlplane', 'etcd', 'worker']);

function judge({
  roles,
  away,
  containers = [],
  changes = {},
  isEtcdRead = true,
  observe = (one) => one,
}: Case) {
  const sample = samplePlan(roles);
  const isAway = (host: string): boolean => away.map(address).includes(host);
  const members = sample.nodes.filter(({ node }) => node.role.includes('etcd'));
  const plan: ClusterPlan = {
    ...changed(sample, containers),
    members: members.map(({ node }) => memberOn(node.address)),
    unplanned: sample.nodes.filter(({ node }) => isAway(node.address)),
  };
  const reached = { ...plan, nodes: plan.nodes.filter(({ node }) => !isAway(node.address)) };
  const full = observedFrom(sample);
  const etcdFound = members.map(({ node }, index) => {
    const { name, peerUrl, clientUrl } = memberOn(node.address);
    return { id: String(index), name, peerUrls: [peerUrl], clientUrls: [clientUrl], isLearner: false };
  });
  const observed = observe({
    ...full,
    hosts: new Map([...full.hosts].filter(([host]) => !isAway(host))),
    ...(isEtcdRead
      ? { etcd: { clusterId: '1', clusterVersion: '3.5.0', members: etcdFound, healthyOthers: new Set() } }
      : {}),
  });
  const failures = refuseWithoutMembers(reached, observed, up(reached, observed), {
    ...asBefore,
    ...changes,
  });
  return failures.map(({ title, host, error }) => ({
    title,
    host,
    code: 'code' in error ? error.code : undefined,
    message: error.message,
  }));
}

describe('a run without some etcd and control-plane hosts', () => {
  it.each([true, false])(
    'is refused a step that may lose the majority, and names it (etcd read: %s)',
    (isEtcdRead) => {
      const refusals = judge({ roles: etcd(5), away: [4, 5], containers: ['etcd'], isEtcdRead });
      expect(refusals.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
      expect(refusals[0]).toMatchObject({
        title: 'replace etcd',
        code: 'ETCD_QUORUM',
        message:
          'cannot replace etcd: 2 other members can be healthy without it, and 3 are needed (unreachable: 10.0.0.4, 10.0.0.5)',
      });
    },
  );

  it('may interrupt a member as long as a majority of all is healthy without it', () => {
    expect(judge({ roles: etcd(5), away: [5], containers: ['etcd'] })).toEqual([]);
  });

  it('may not interrupt the last member that was reached', () => {
    expect(judge({ roles: etcd(2), away: [2], containers: ['etcd'] })).toMatchObject([
      { code: 'ETCD_QUORUM', host: '10.0.0.1' },
    ]);
    expect(
      judge({
        roles: [['etcd'], ['controlplane'], ['controlplane']],
        away: [3],
        containers: ['kube-apiserver'],
      }),
    ).toMatchObject([{ code: 'TOO_FEW_HEALTHY', title: 'replace kube-apiserver' }]);
  });

  it('does the rest: what interrupts no member is not refused', () => {
    expect(judge({ roles: all(3), away: [3] })).toEqual([]);
    expect(judge({ roles: all(3), away: [3], containers: ['kubelet', 'kube-proxy'] })).toEqual([]);
  });

  it('counts a control plane that the cluster does not have for nothing', () => {
    const withoutNode = ({ kube, ...rest }: ObservedCluster): ObservedCluster => ({
      ...rest,
      kube: kube && { ...kube, nodes: new Map([...kube.nodes].filter(([name]) => name !== '10.0.0.2')) },
    });
    const roles: Role[][] = [['controlplane', 'etcd'], ['controlplane']];
    const given = { roles, away: [2], containers: ['kube-apiserver'] };
    expect(judge(given)).toHaveLength(1);
    expect(judge({ ...given, observe: withoutNode })).toEqual([]);
  });

  it('repairs a kube-apiserver that is down if a majority of etcd was reached', () => {
    const stopped = (observed: ObservedCluster): ObservedCluster =>
      found(observed, 1, 'kube-apiserver', { running: false, exitCode: 1 });
    expect(judge({ roles: all(3), away: [3], observe: stopped })).toEqual([]);
    expect(judge({ roles: all(3), away: [2, 3], observe: stopped })).toMatchObject([
      {
        code: 'ETCD_QUORUM',
        message:
          'cannot change the control plane: 1 of 3 etcd members can be reached, and 2 must be healthy (unreachable: 10.0.0.2, 10.0.0.3)',
      },
    ]);
  });

  it('repairs sick members one after the other only if etcd has no majority even with those that may be healthy', () => {
    const sick = (observed: ObservedCluster): ObservedCluster =>
      [1, 2].reduce(
        (one, index) => onHost(one, index, () => ({ unhealthy: new Map([['etcd', 'answers 503']]) })),
        observed,
      );
    const given = { containers: ['etcd'], observe: sick, isEtcdRead: false };
    expect(judge({ ...given, roles: etcd(3), away: [3] })).toEqual([]);
    expect(judge({ ...given, roles: etcd(5), away: [4, 5] }).map(({ code }) => code)).toEqual([
      'ETCD_QUORUM',
      'ETCD_QUORUM',
      'ETCD_QUORUM',
    ]);
  });

  const common: readonly [string, Partial<CommonChanges>, string][] = [
    [
      'another version of Kubernetes',
      { versions: ['v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'] },
      'cannot change kubernetes_version from v1.30.4-rancher1-1 to v1.31.1-rancher1-1',
    ],
    ['another encryption of Secrets', { changesEncryption: true }, 'cannot change the encryption of Secrets'],
    ['a new CA', { rollout: { files: new Set(), hasNewCa: true } }, 'cannot replace the CA'],
    [
      'another key of service accounts',
      {
        rollout: {
          files: new Set(['/etc/kubernetes/ssl/kube-service-account-token-key.pem']),
          hasNewCa: false,
        },
      },
      'cannot replace the key of service accounts',
    ],
  ];

  it.each(common)('is refused %s, which all must have', (_what, changes, message) => {
    expect(judge({ roles: all(3), away: [3], changes })).toMatchObject([
      { code: 'MEMBERS_UNREACHABLE', message: expect.stringContaining(message) as string },
    ]);
    expect(judge({ roles: all(3), away: [], changes })).toEqual([]);
  });
});
