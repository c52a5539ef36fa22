import { describe, expect, it } from 'vitest';
import { refuseMembership, warnOfUnknownMembers } from '../../src/commands/up/membership-refusals.js';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import type { EtcdMember } from '../../src/etcd/etcd.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { CheckFacts } from '../../src/reconcile/checks/facts.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { memberOn } from '../fakes/membership-model.js';

const roles = ['controlplane', 'etcd', 'worker'] as const;
const found = (host: string, id: string): EtcdMember => ({
  id,
  name: `etcd-${host}`,
  peerUrls: [`https://${host}:2380`],
  clientUrls: [`https://${host}:2379`],
  isLearner: false,
});

/** Two planned members, of which the second may be new. */
function planOf(former: readonly string[] = []): ClusterPlan {
  const sample = samplePlan([roles, roles]);
  return {
    ...sample,
    members: sample.nodes.map(({ node }) => memberOn(node.address)),
    formerMembers: former.map(memberOn),
  };
}

const stateOf = (nodes: readonly ClusterPlan['nodes'][number][]): ClusterState => {
  const rkeConfig = { nodes: nodes.map(({ node }) => node) } as unknown as ClusterSpec;
  return { desiredState: { rkeConfig }, currentState: { rkeConfig } };
};

const etcdOf = (...members: EtcdMember[]): Pick<ObservedCluster, 'etcd'> => ({
  etcd: { clusterId: '1', clusterVersion: '3.5.0', members, healthyOthers: new Set(['9']) },
});
const none: ReadonlyMap<string, CheckFacts> = new Map();

describe('a change of the etcd members is refused', () => {
  it('if etcd does not answer: a new member would found a second cluster', () => {
    const plan = planOf(['10.0.0.9']);
    const observed = { ...observedFrom(plan), etcdTrouble: 'etcd refused member/list: no leader' };
    const before = samplePlan([roles, roles, roles]).nodes;
    const [a, , c] = before;
    if (a === undefined || c === undefined) throw new Error('the sample has three nodes');
    const gone = { ...c, node: { ...c.node, address: '10.0.0.9', internalAddress: '10.0.0.9' } };
    const [refusal, ...others] = refuseMembership({ plan, observed, facts: none, state: stateOf([a, gone]) });
    expect(others).toEqual([]);
    expect(refusal?.error).toMatchObject({
      code: 'ETCD_MEMBERSHIP',
      exitCode: 8,
      message:
        'etcd does not answer, so its members cannot be changed: etcd-10.0.0.2 cannot join, etcd-10.0.0.9 cannot leave (etcd refused member/list: no leader)',
    });
  });

  it('not if the members are those of the last run, or if all hosts are new', () => {
    const plan = planOf();
    const observed = observedFrom(plan);
    expect(refuseMembership({ plan, observed, facts: none, state: stateOf(plan.nodes) })).toEqual([]);
    const [a] = plan.nodes;
    const empty = observedEmpty(plan);
    const before = stateOf(a === undefined ? [] : [a]);
    expect(refuseMembership({ plan, observed: empty, facts: none, state: before })).toEqual([]);
  });

  it('if the host that is to join has data of etcd', () => {
    const plan = planOf();
    const observed = { ...observedFrom(plan), ...etcdOf(found('10.0.0.1', '1')) };
    const facts = new Map([['10.0.0.2', { etcdData: 'data' } as CheckFacts]]);
    const [refusal] = refuseMembership({ plan, observed, facts, state: undefined });
    expect(refusal).toMatchObject({ host: '10.0.0.2', error: { code: 'ETCD_DATA_FOUND', exitCode: 8 } });
    expect(refusal?.error).toHaveProperty(
      'fix',
      expect.stringContaining('sudo rm -rf /var/lib/etcd') as unknown,
    );
  });

  it('if the host that is to join has a container of etcd that etcd does not know, and its data cannot be read', () => {
    const plan = planOf();
    const observed = { ...observedFrom(plan), ...etcdOf(found('10.0.0.1', '1')) };
    const [refusal] = refuseMembership({ plan, observed, facts: none, state: undefined });
    expect(refusal).toMatchObject({
      host: '10.0.0.2',
      error: { code: 'ETCD_DATA_FOUND', fix: expect.stringContaining('rke etcd recover-quorum') as unknown },
    });
  });

  it('if a step would cost the majority, and names it', () => {
    const plan = planOf();
    // Both dead ones left cluster.yml, and the second planned one joins.
    const etcd = etcdOf(found('10.0.0.1', '1'), found('10.0.0.7', '7'), found('10.0.0.8', '8'));
    const [refusal] = refuseMembership({
      plan,
      observed: { ...observedFrom(plan), ...etcd },
      facts: none,
      state: undefined,
    });
    expect(refusal?.error).toMatchObject({
      code: 'ETCD_QUORUM',
      message:
        'cannot remove etcd member etcd-10.0.0.7: etcd has no majority, 1 of 3 members healthy and 2 needed',
    });
  });
});

it('a healthy member that nobody has planned is named, with the command that removes it', () => {
  const plan = planOf();
  const etcd = etcdOf(found('10.0.0.1', '1'), found('10.0.0.2', '2'), { ...found('10.0.0.9', '9'), id: '9' });
  const [warning] = warnOfUnknownMembers(plan, { ...observedFrom(plan), ...etcd });
  expect(warning?.message).toContain('etcd-10.0.0.9 (https://10.0.0.9:2380)');
  expect(warning?.message).toContain('`docker exec etcd etcdctl member remove 9`');
});
