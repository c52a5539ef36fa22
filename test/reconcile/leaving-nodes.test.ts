import { describe, expect, it } from 'vitest';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';

const all = samplePlan([['controlplane', 'etcd'], ['worker'], ['worker'], ['worker']]);

/** The cluster as it is, and a plan in which the last `count` nodes have left. */
function leave(count: number, change: (node: NodePlan) => NodePlan = (node) => node) {
  const leaving = all.nodes.slice(-count).map((node) => ({ ...node, containers: [], files: [] }));
  const plan: ClusterPlan = { ...all, nodes: all.nodes.slice(0, -count).map(change), leaving };
  const observed = observedFrom(all);
  const hosts = new Map(
    [...observed.hosts].map(([address, host]) => {
      const isLeaving = leaving.some(({ node }) => node.address === address);
      const leftovers = [...host.containers.keys()].toSorted();
      return [address, isLeaving ? { ...host, containers: new Map(), leftovers } : host] as const;
    }),
  );
  return { plan, observed: { ...observed, hosts } };
}

const isOfLeaving = ({ host }: Operation): boolean => host === '10.0.0.4';

/** All that must be done before an operation, however indirectly. */
function before(id: string, operations: readonly Operation[]): Set<string> {
  const byId = new Map(operations.map((one) => [one.id, one]));
  const found = new Set<string>();
  const collect = (other: string): void => {
    for (const needed of byId.get(other)?.after ?? []) {
      if (found.has(needed)) continue;
      found.add(needed);
      collect(needed);
    }
  };
  collect(id);
  return found;
}

function operationsOf({
  plan,
  observed,
}: {
  plan: ClusterPlan;
  observed: ObservedCluster;
}): readonly Operation[] {
  return planUp(plan, observed, { addonTimeoutSeconds: 60 }).operations;
}

describe('leavingOperations', () => {
  it('cordons and drains a node, removes its kubelet, deletes the node, and cleans the host, in this order', () => {
    const operations = operationsOf(leave(1));
    const ids = operations.filter(({ kind }) => kind !== 'milestone').map(({ id }) => id);
    const host = '10.0.0.4';
    expect(ids).toEqual([
      'healthy:kube-apiserver',
      `cordon@${host}`,
      `drain@${host}`,
      `delete-node@${host}`,
      `remove:kube-proxy@${host}`,
      `remove:kubelet@${host}`,
      `remove:nginx-proxy@${host}`,
      `remove:service-sidekick@${host}`,
      `pods@${host}`,
      `clean@${host}`,
    ]);
    const chain = [`cordon@${host}`, `drain@${host}`, `remove:kubelet@${host}`];
    for (const last of [`delete-node@${host}`, `clean@${host}`, `pods@${host}`])
      expect([...before(last, operations)]).toEqual(expect.arrayContaining(chain));
    expect(before(`remove:kubelet@${host}`, operations)).not.toContain(`delete-node@${host}`);
  });

  it('cordons all nodes that leave before it drains the first', () => {
    const operations = operationsOf(leave(2));
    for (const host of ['10.0.0.3', '10.0.0.4'])
      expect([...before(`drain@${host}`, operations)]).toEqual(
        expect.arrayContaining(['cordon@10.0.0.3', 'cordon@10.0.0.4']),
      );
  });

  it('drains as many at the same time as may be unavailable', () => {
    const { plan, observed } = leave(2);
    const drain = {
      force: false,
      ignoreDaemonSets: false,
      deleteLocalData: false,
      gracePeriodSeconds: 7,
      timeoutSeconds: 9,
    };
    const operations = operationsOf({
      plan: { ...plan, rolling: { workersAtOnce: 2, controlPlanesAtOnce: 1, drains: false, drain } },
      observed,
    });
    expect(operations.filter(({ kind }) => kind === 'drain-node')).toMatchObject([
      { turn: { window: 'leaving', places: 2, holder: '10.0.0.3' } },
      {
        turn: { holder: '10.0.0.4' },
        // The host is cleaned, so nothing on it may keep the node.
        options: {
          force: true,
          ignoreDaemonSets: true,
          deleteLocalData: true,
          gracePeriodSeconds: 7,
          timeoutSeconds: 9,
        },
      },
    ]);
  });

  it('comes after the changes of the nodes that stay', () => {
    const changed = leave(1, (node) => ({
      ...node,
      containers: node.containers.map((one) =>
        one.name === 'nginx-proxy' ? { ...one, env: ['CP_HOSTS=10.0.0.1'] } : one,
      ),
    }));
    const operations = operationsOf(changed);
    expect([...before('cordon@10.0.0.4', operations)]).toEqual(
      expect.arrayContaining(['run:nginx-proxy@10.0.0.2', 'run:nginx-proxy@10.0.0.3']),
    );
  });

  it('does not drain a node whose kubelet is dead: its pods end with their containers', () => {
    const { plan, observed } = leave(1);
    const nodes = new Map(observed.kube?.nodes);
    const node = nodes.get('10.0.0.4');
    if (node !== undefined)
      nodes.set('10.0.0.4', { ...node, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, nodes };
    const ids = operationsOf({ plan, observed: { ...observed, kube } }).map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['cordon@10.0.0.4', 'delete-node@10.0.0.4', 'clean@10.0.0.4']),
    );
    expect(ids).not.toContain('drain@10.0.0.4');
  });

  it('continues after a run that died when the node was deleted', () => {
    const { plan, observed } = leave(1);
    const nodes = new Map([...(observed.kube?.nodes ?? [])].filter(([name]) => name !== '10.0.0.4'));
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, nodes };
    const host = observed.hosts.get('10.0.0.4');
    const hosts = new Map(observed.hosts);
    if (host !== undefined) hosts.set('10.0.0.4', { ...host, leftovers: ['kube-proxy'] });
    const ids = operationsOf({ plan, observed: { ...observed, kube, hosts } })
      .filter(({ stage }) => stage === 'remove')
      .map(({ id }) => id);
    expect(ids).toEqual(['remove:kube-proxy@10.0.0.4', 'pods@10.0.0.4', 'clean@10.0.0.4']);
  });

  it('takes no node out while the API was not read: nobody knows what runs there', () => {
    const { plan, observed } = leave(1);
    expect(operationsOf({ plan, observed: { ...observed, kube: undefined } }).filter(isOfLeaving)).toEqual(
      [],
    );
  });

  it('does nothing on a host that was not reached', () => {
    const { plan, observed } = leave(1);
    const hosts = new Map([...observed.hosts].filter(([address]) => address !== '10.0.0.4'));
    expect(operationsOf({ plan, observed: { ...observed, hosts } })).toEqual([]);
  });

  it('only deletes the object of a node whose host is lost, when the hosts that stay are as planned', () => {
    const { plan, observed } = leave(1);
    const hosts = new Map([...observed.hosts].filter(([address]) => address !== '10.0.0.4'));
    const leaving = (plan.leaving ?? []).map((node) => ({ ...node, isLost: true as const }));
    const ids = operationsOf({ plan: { ...plan, leaving }, observed: { ...observed, hosts } })
      .filter(isOfLeaving)
      .map(({ id }) => id);
    expect(ids).toEqual(['delete-node@10.0.0.4']);
  });
});
