import { describe, expect, it } from 'vitest';
import type { EtcdMember } from '../../src/etcd/etcd.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { planMembership } from '../../src/reconcile/membership/plan-membership.js';
import { quorumFault, type MembershipStep } from '../../src/reconcile/membership/quorum.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { memberOn } from '../fakes/membership-model.js';
import { before, changed } from './plane-helpers.js';

const [a, b, c, d] = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] as const;

function memberOf(host: string, id: string, change: Partial<EtcdMember> = {}): EtcdMember {
  const { name, peerUrl, clientUrl } = memberOn(host);
  return { id, name, peerUrls: [peerUrl], clientUrls: [clientUrl], isLearner: false, ...change };
}

const unstarted = { name: '', clientUrls: [] };

/** Hosts with all roles, as planned; etcd has the given members, of which those named are healthy and not in the plan. */
function cluster(
  hosts: number,
  members: readonly EtcdMember[],
  {
    healthy = [],
    former = [],
    version = '3.5.0',
  }: { healthy?: string[]; former?: string[]; version?: string } = {},
): { plan: ClusterPlan; observed: ObservedCluster } {
  const sample = samplePlan(Array.from({ length: hosts }, () => ['controlplane', 'etcd', 'worker'] as const));
  const plan: ClusterPlan = {
    ...sample,
    members: sample.nodes.map(({ node }) => memberOn(node.address)),
    formerMembers: former.map(memberOn),
  };
  const etcd = { clusterId: '1', clusterVersion: version, members, healthyOthers: new Set(healthy) };
  return { plan, observed: { ...observedFrom(plan), etcd } };
}

const all = (count: number): EtcdMember[] =>
  [a, b, c, d].slice(0, count).map((host, index) => memberOf(host, String(index + 1)));

function onlyEmpty({ plan, observed }: ReturnType<typeof cluster>, ...hosts: string[]): ObservedCluster {
  const empty = observedEmpty(plan).hosts;
  const changed = [...observed.hosts].map(
    ([host, found]) => [host, (hosts.includes(host) ? empty.get(host) : undefined) ?? found] as const,
  );
  return { ...observed, hosts: new Map(changed) };
}

const ofMembers = (plan: ClusterPlan, observed: ObservedCluster): string[] =>
  planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations.flatMap(({ id, kind }) =>
    kind.endsWith('-member') ? [id] : [],
  );

describe('the quorum rule', () => {
  const voters = (...healthy: boolean[]) =>
    healthy.map((isHealthy, index) => {
      const { name, peerUrl } = memberOn(`10.0.0.${index + 1}`);
      return { name, peerUrl, isVoter: true, isHealthy };
    });
  const step = (change: MembershipStep['change'], host: string): MembershipStep => {
    const { name, peerUrl } = memberOn(host);
    return { change, name, peerUrl };
  };

  it.each([
    ['a learner beside one member', voters(true), step('add-learner', d)],
    [
      'a promotion beside one member',
      [...voters(true), { ...memberOn(d), isVoter: false, isHealthy: true }],
      step('promote', d),
    ],
    ['a voter beside two', voters(true, true), step('add-voter', d)],
    ['the removal of one of two', voters(true, true), step('remove', a)],
    ['the removal of a dead one of three', voters(false, true, true), step('remove', a)],
  ])('allows %s', (_what, members, change) => {
    expect(quorumFault(members, change)).toBeUndefined();
  });

  it.each([
    [
      'a voter beside one',
      voters(true),
      step('add-voter', d),
      'add etcd member etcd-10.0.0.4: etcd would lose its majority, with 1 of 2 members healthy and 2 needed',
    ],
    [
      'a member beside a dead one',
      voters(true, true, false),
      step('add-learner', d),
      'add etcd member etcd-10.0.0.4: etcd-10.0.0.3 must be healthy, or be removed, before a member joins',
    ],
    [
      'the removal of a healthy one beside a dead one',
      voters(true, true, false),
      step('remove', a),
      'remove etcd member etcd-10.0.0.1: etcd would lose its majority, with 1 of 2 members healthy and 2 needed',
    ],
    [
      'the removal of a dead one without a majority',
      voters(true, false),
      step('remove', b),
      'remove etcd member etcd-10.0.0.2: etcd has no majority, 1 of 2 members healthy and 2 needed',
    ],
    [
      'the removal of the only one',
      voters(true),
      step('remove', a),
      'remove etcd member etcd-10.0.0.1: etcd would lose its majority, with 0 of 0 members healthy and 1 needed',
    ],
  ])('refuses %s, and names it', (_what, members, change, told) => {
    expect(quorumFault(members, change)).toBe(told);
  });
});

describe('the members of etcd', () => {
  it('are left alone if they are those of cluster.yml, or are not known', () => {
    const { plan, observed } = cluster(3, all(3));
    expect(planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations).toEqual([]);
    expect(planUp(plan, observedFrom(plan), { addonTimeoutSeconds: 45 }).operations).toEqual([]);
  });

  it('join one after the other, each with the members of that moment, before a kube-apiserver gets them', () => {
    const given = cluster(3, all(1));
    const plan = changed(given.plan, ['kube-apiserver']);
    const { operations } = planUp(plan, onlyEmpty(given, b, c), { addonTimeoutSeconds: 45 });
    const cmdOf = (host: string): readonly string[] => {
      const create = operations.find(({ id }) => id === `run:etcd@${host}`);
      return create?.kind === 'create-container' ? create.container.cmd : [];
    };
    const names = (...hosts: string[]): string =>
      `--initial-cluster=${hosts.map((host) => `etcd-${host}=https://${host}:2380`).join(',')}`;
    expect(cmdOf(b)).toEqual([names(a, b), '--initial-cluster-state=existing']);
    expect(cmdOf(c)).toEqual([names(a, b, c), '--initial-cluster-state=existing']);
    const order = [
      `add-member@${b}`,
      `run:etcd@${b}`,
      `healthy:etcd@${b}`,
      `promote-member@${b}`,
      `add-member@${c}`,
    ];
    for (const [index, id] of order.entries())
      for (const earlier of order.slice(0, index)) expect(before(id, operations)).toContain(earlier);
    expect(before(`run:kube-apiserver@${a}`, operations)).toContain(`promote-member@${c}`);
  });

  it('continue a join where an earlier run ended, before another one begins', () => {
    const given = cluster(3, [...all(1), memberOf(c, '3', { ...unstarted, isLearner: true })]);
    const observed = onlyEmpty(given, b, c);
    expect(ofMembers(given.plan, observed)).toEqual([
      `promote-member@${c}`,
      `add-member@${b}`,
      `promote-member@${b}`,
    ]);
    expect(
      before(`add-member@${b}`, planUp(given.plan, observed, { addonTimeoutSeconds: 45 }).operations),
    ).toContain(`promote-member@${c}`);
  });

  it('that RKE v1 added and did not start are started as they are', () => {
    const given = cluster(3, [...all(2), memberOf(c, '3', unstarted)]);
    const observed = onlyEmpty(given, c);
    expect(ofMembers(given.plan, observed)).toEqual([]);
    const create = planUp(given.plan, observed, { addonTimeoutSeconds: 45 }).operations.find(
      ({ id }) => id === `run:etcd@${c}`,
    );
    expect(create).toMatchObject({
      container: { cmd: expect.arrayContaining(['--initial-cluster-state=existing']) as unknown },
    });
  });

  it('join as voters where there are no learners, but not beside a single one', () => {
    const given = cluster(3, all(2), { version: '3.3.0' });
    expect(ofMembers(given.plan, onlyEmpty(given, c))).toEqual([`add-member@${c}`]);
    const single = cluster(2, all(1), { version: '3.3.0' });
    expect(planMembership(single.plan, single.observed).fault).toContain('would lose its majority');
  });

  it('that died and left cluster.yml are removed before another one joins', () => {
    const dead = memberOf(d, '9');
    const given = cluster(3, [...all(2), dead]);
    const observed = onlyEmpty(given, c);
    expect(ofMembers(given.plan, observed)).toEqual([
      'remove-member@9',
      `add-member@${c}`,
      `promote-member@${c}`,
    ]);
    expect(
      before(`add-member@${c}`, planUp(given.plan, observed, { addonTimeoutSeconds: 45 }).operations),
    ).toContain('remove-member@9');
  });

  it('that are healthy and left cluster.yml are removed when the others have joined', () => {
    const given = cluster(3, [...all(2), memberOf(d, '9')], { healthy: ['9'], former: [d] });
    const { operations } = planUp(given.plan, onlyEmpty(given, c), { addonTimeoutSeconds: 45 });
    expect(before('remove-member@9', operations)).toContain(`promote-member@${c}`);
  });

  it('that are healthy and that nobody has planned are kept and reported', () => {
    const { plan, observed } = cluster(3, [...all(3), memberOf(d, '9')], { healthy: ['9'] });
    expect(ofMembers(plan, observed)).toEqual([]);
    expect(planMembership(plan, observed).unknown.map(({ id }) => id)).toEqual(['9']);
  });

  it('of cluster.yml whose hosts are not reached are never removed, and nobody joins beside them', () => {
    const { plan, observed } = cluster(4, all(3));
    const hosts = new Map([...observed.hosts].filter(([host]) => host !== c));
    const unreached = { ...observed, hosts };
    const reached = { ...plan, nodes: plan.nodes.filter(({ node }) => node.address !== c) };
    expect(ofMembers(reached, unreached).filter((id) => id.startsWith('remove'))).toEqual([]);
    expect(planMembership(reached, unreached).fault).toContain('etcd-10.0.0.3 must be healthy');
  });

  it('join not beside a learner whose host is not reached, because etcd has one at a time', () => {
    const learner = memberOf(c, '3', { isLearner: true });
    const { plan, observed } = cluster(4, [...all(2), learner]);
    const hosts = new Map([...observed.hosts].filter(([host]) => host !== c));
    const { unreached, fault } = planMembership(plan, { ...observed, hosts });
    expect(unreached).toEqual([]);
    expect(fault).toBe(
      'add etcd member etcd-10.0.0.4: etcd-10.0.0.3 must be healthy, or be removed, before a member joins',
    );
  });

  it('lose the container and the data when a node only loses the role', () => {
    const { plan, observed } = cluster(3, all(3), { healthy: ['3'], former: [c] });
    const nodes = plan.nodes.map((node) =>
      node.node.address === c
        ? { ...node, containers: node.containers.filter(({ name }) => name !== 'etcd') }
        : node,
    );
    const members = (plan.members ?? []).filter(({ host }) => host !== c);
    const hosts = new Map(
      [...observed.hosts].map(([host, found]) => [
        host,
        host === c ? { ...found, leftovers: ['etcd'] } : found,
      ]),
    );
    const { operations } = planUp(
      { ...plan, nodes, members },
      { ...observed, hosts },
      { addonTimeoutSeconds: 45 },
    );
    expect(operations.map(({ id }) => id)).toEqual([`remove-member@${c}`, `remove:etcd@${c}`]);
    expect(operations[1]).toMatchObject({
      kind: 'remove-etcd',
      after: [`remove-member@${c}`],
      script: expect.stringContaining("clean '/var/lib/etcd'") as unknown,
    });
  });
});
