import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { isWork, type Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { addPortCheck } from '../../src/reconcile/order/port-check.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const all: Role[] = ['controlplane', 'etcd', 'worker'];

function operationsOf(plan: ClusterPlan, observed: ObservedCluster): readonly Operation[] {
  return addPortCheck(planUp(plan, observed, { addonTimeoutSeconds: 45 }), plan, observed).operations;
}

/** `10.0.0.1 > 10.0.0.2:2379 etcd` for each port that a host tries. */
function tried(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) =>
    operation.kind === 'probe-ports'
      ? operation.targets.map(({ host, port, role }) => `${operation.host ?? ''} > ${host}:${port} ${role}`)
      : [],
  );
}

function listening(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) =>
    operation.kind === 'create-container' && operation.container.name.endsWith('listener')
      ? [`${operation.host ?? ''} ${operation.container.name} ${operation.container.env.join(' ')}`]
      : [],
  );
}

/** A cluster of which all but the last host are done; what runs there listens. */
function withNewLast(plan: ClusterPlan): ObservedCluster {
  const done = observedFrom(plan);
  const last = plan.nodes.at(-1)?.node.address ?? '';
  const hosts = [...done.hosts].map(
    ([address, host]) => [address, { ...host, listening: new Set([2379, 2380, 6443, 10250]) }] as const,
  );
  const empty = observedEmpty(plan).hosts.get(last);
  return { ...done, hosts: new Map([...hosts, ...(empty === undefined ? [] : [[last, empty] as const])]) };
}

describe('addPortCheck', () => {
  it('tries the pairs of RKE between split roles', () => {
    const plan = samplePlan([['etcd'], ['etcd'], ['controlplane'], ['worker']]);
    const operations = operationsOf(plan, observedEmpty(plan));
    expect(tried(operations)).toEqual([
      '10.0.0.1 > 10.0.0.2:2379 etcd',
      '10.0.0.1 > 10.0.0.2:2380 etcd',
      '10.0.0.2 > 10.0.0.1:2379 etcd',
      '10.0.0.2 > 10.0.0.1:2380 etcd',
      '10.0.0.3 > 10.0.0.1:2379 etcd',
      '10.0.0.3 > 10.0.0.2:2379 etcd',
      '10.0.0.3 > 10.0.0.4:10250 worker',
      '10.0.0.4 > 10.0.0.3:6443 controlplane',
    ]);
    expect(listening(operations)).toEqual([
      '10.0.0.1 rke-etcd-port-listener PORTS=2379 2380',
      '10.0.0.2 rke-etcd-port-listener PORTS=2379 2380',
      '10.0.0.3 rke-cp-port-listener PORTS=6443',
      '10.0.0.4 rke-worker-port-listener PORTS=10250',
    ]);
  });

  it('tries each port once if hosts have several roles, by the address that the others use', () => {
    const sample = samplePlan([all, all]);
    const plan = {
      ...sample,
      nodes: sample.nodes.map((node) => ({
        ...node,
        node: { ...node.node, internalAddress: `192.168.0.${node.node.address.slice(-1)}` },
      })),
    };
    const operations = operationsOf(plan, observedEmpty(plan));
    const probe = operations.find(({ id }) => id === 'probe@10.0.0.1');
    expect(probe).toMatchObject({
      targets: [2379, 2380, 10250, 6443].map((port) => ({ host: '10.0.0.2', address: '192.168.0.2', port })),
    });
  });

  it('lets nothing but the listeners and their image go before the answers', () => {
    const plan = samplePlan([all, ['worker']]);
    const operations = operationsOf(plan, observedEmpty(plan));
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const gate = operations
      .filter(({ id }) => id.startsWith('probe@') || id.startsWith('unlisten@'))
      .map(({ id }) => id);
    expect(gate).toHaveLength(4);
    expect(byId.get('ports')).toMatchObject({ kind: 'milestone', after: gate });
    const isBehind = (id: string): boolean => {
      const { after = [], afterSome } = byId.get(id) ?? {};
      return after.includes('ports') || [...after, ...(afterSome?.of ?? [])].some(isBehind);
    };
    const early = operations.filter((one) => isWork(one) && !isBehind(one.id)).map(({ id }) => id);
    expect(early.sort()).toEqual(
      [
        'check-images',
        ...['10.0.0.1', '10.0.0.2'].flatMap((host) => [
          `listen@${host}`,
          `probe@${host}`,
          `pull:tools@${host}`,
          `unlisten@${host}`,
        ]),
      ].sort(),
    );
  });

  it('removes each listener behind all who try it', () => {
    const plan = samplePlan([['etcd'], ['etcd'], ['controlplane'], ['worker']]);
    const operations = operationsOf(plan, observedEmpty(plan));
    expect(operations.find(({ id }) => id === 'unlisten@10.0.0.1')).toMatchObject({
      after: ['listen@10.0.0.1', 'probe@10.0.0.2', 'probe@10.0.0.3'],
      always: true,
      kind: 'remove-container',
      name: 'rke-etcd-port-listener',
    });
  });

  it('tries only pairs with a new host, and listens only there', () => {
    const plan = samplePlan([all, all, ['worker']]);
    const operations = operationsOf(plan, withNewLast(plan));
    expect(tried(operations)).toEqual([
      '10.0.0.1 > 10.0.0.3:10250 worker',
      '10.0.0.2 > 10.0.0.3:10250 worker',
      '10.0.0.3 > 10.0.0.1:6443 controlplane',
      '10.0.0.3 > 10.0.0.2:6443 controlplane',
    ]);
    expect(listening(operations)).toEqual(['10.0.0.3 rke-worker-port-listener PORTS=10250']);
  });

  it('does not judge a host of the cluster on which nothing listens', () => {
    const plan = samplePlan([all, all, ['worker']]);
    const observed = withNewLast(plan);
    const first = observed.hosts.get('10.0.0.1');
    if (first === undefined) throw new Error('the sample has it');
    const hosts = new Map([...observed.hosts, ['10.0.0.1', { ...first, listening: new Set<number>() }]]);
    expect(tried(operationsOf(plan, { ...observed, hosts }))).not.toContain(
      '10.0.0.3 > 10.0.0.1:6443 controlplane',
    );
  });

  it('leaves Windows out, for which there is no listener', () => {
    const plan = samplePlan([all, ['worker']]);
    const observed = observedEmpty(plan);
    const worker = observed.hosts.get('10.0.0.2');
    if (worker === undefined) throw new Error('the sample has it');
    const windows = { ...worker, facts: { ...worker.facts, osType: 'windows' } };
    const hosts = new Map([...observed.hosts, ['10.0.0.2', windows]]);
    expect(tried(operationsOf(plan, { ...observed, hosts }))).toEqual([]);
  });

  it('adds nothing if no host is new, or there is only one', () => {
    const three = samplePlan([all, all, all]);
    expect(operationsOf(three, observedFrom(three))).toEqual([]);
    const one = samplePlan([all]);
    expect(operationsOf(one, observedEmpty(one))).toEqual(
      planUp(one, observedEmpty(one), { addonTimeoutSeconds: 45 }).operations,
    );
  });

  it('removes listeners that a check left which was broken off, before it listens itself', () => {
    const plan = samplePlan([all, all]);
    const observed = observedEmpty(plan);
    const hosts = new Map(
      [...observed.hosts].map(([address, host]) => [
        address,
        { ...host, leftovers: ['rke-cp-port-listener'] },
      ]),
    );
    const operations = operationsOf(plan, { ...observed, hosts });
    expect(operations.find(({ id }) => id === 'remove:rke-cp-port-listener@10.0.0.1')).toMatchObject({
      kind: 'remove-container',
      after: ['check-images'],
    });
    for (const id of ['listen@10.0.0.1', 'run:kube-apiserver@10.0.0.1'])
      expect(operations.find((operation) => operation.id === id)?.after).toContain(
        'remove:rke-cp-port-listener@10.0.0.1',
      );
  });
});
