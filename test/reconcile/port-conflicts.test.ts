import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import { portsOf } from '../../src/core/ports.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { listeningPorts, portConflicts } from '../../src/reconcile/checks/port-conflicts.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

/** Hosts that are as planned, and the plan and the observation once the second one has other roles. */
function changedRole(
  before: readonly Role[],
  after: readonly Role[],
): { plan: ClusterPlan; observed: ObservedCluster } {
  const first: readonly Role[] = ['controlplane', 'etcd', 'worker'];
  const running = observedFrom(samplePlan([first, before]));
  const changed = samplePlan([first, after]);
  const planned = new Map(
    changed.nodes.map(({ node, containers }) => [node.address, containers.map(({ name }) => name)]),
  );
  const observed = changeHosts(running, (host, address) => {
    const names = [...host.containers.keys()];
    const leftovers = names.filter((name) => planned.get(address)?.includes(name) !== true);
    return {
      ...host,
      leftovers,
      runningLeftovers: new Set(leftovers),
      containers: new Map([...host.containers].filter(([name]) => !leftovers.includes(name))),
      listening: new Set(names.flatMap(portsOf)),
    };
  });
  return { plan: changed, observed };
}

function changeHosts(
  observed: ObservedCluster,
  change: (host: ObservedHost, address: string) => ObservedHost,
): ObservedCluster {
  const hosts = [...observed.hosts].map(([address, host]) => [address, change(host, address)] as const);
  return { ...observed, hosts: new Map(hosts) };
}

const plan = samplePlan([['controlplane', 'etcd', 'worker']]);

describe('portConflicts', () => {
  it('names the port that a new container needs and somebody else holds', () => {
    const empty = observedEmpty(plan);
    const hosts = new Map(
      [...empty.hosts].map(([address, host]) => [address, { ...host, listening: new Set([22, 6443]) }]),
    );
    const observed = { ...empty, hosts };
    expect(portConflicts(planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations, observed)).toEqual([
      { host: '10.0.0.1', container: 'kube-apiserver', port: 6443 },
    ]);
  });

  it('does not mind listeners of a port check that was broken off, which go first', () => {
    const empty = observedEmpty(plan);
    const hosts = new Map(
      [...empty.hosts].map(([address, host]) => [
        address,
        { ...host, listening: new Set([2379]), leftovers: ['rke-etcd-port-listener'] },
      ]),
    );
    const observed = { ...empty, hosts };
    expect(portConflicts(planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations, observed)).toEqual(
      [],
    );
  });

  it('does not mind the port of the cluster’s own proxy, which gives way as the API server of the host is created', () => {
    const { plan: after, observed } = changedRole(['worker'], ['controlplane', 'worker']);
    const { operations } = planUp(after, observed, { addonTimeoutSeconds: 45 });
    expect(portConflicts(operations, observed)).toEqual([]);
    const api = operations.find(({ id }) => id === 'run:kube-apiserver@10.0.0.2');
    expect(api).toMatchObject({ kind: 'create-container', insteadOf: ['nginx-proxy'] });
    expect(operations.filter((one) => one.kind === 'remove-container')).toEqual([]);
    expect(withStopped(observed)).toMatchObject([{ container: 'kube-apiserver', port: 6443 }]);

    function withStopped(found: ObservedCluster): unknown {
      const hosts = changeHosts(found, (host) => ({ ...host, runningLeftovers: new Set() }));
      return portConflicts(planUp(after, hosts, { addonTimeoutSeconds: 45 }).operations, hosts);
    }
  });

  it('does not mind the reverse: an API server that was left gives way to the proxy, when another one answers', () => {
    const { plan: after, observed } = changedRole(['controlplane', 'worker'], ['worker']);
    const { operations } = planUp(after, observed, { addonTimeoutSeconds: 45 });
    expect(portConflicts(operations, observed)).toEqual([]);
    const after6443 = (id: string): unknown => operations.find((one) => one.id === id);
    expect(after6443('run:nginx-proxy@10.0.0.2')).toMatchObject({
      kind: 'create-container',
      insteadOf: ['kube-apiserver'],
      after: expect.arrayContaining(['healthy:kube-apiserver']) as unknown,
    });
    for (const name of ['kube-controller-manager', 'kube-scheduler'])
      expect(after6443(`remove:${name}@10.0.0.2`)).toMatchObject({
        kind: 'remove-container',
        after: ['healthy:kube-apiserver', 'run:nginx-proxy@10.0.0.2'],
      });
  });

  it('never has etcd give way', () => {
    const { plan: after, observed } = changedRole(['etcd', 'worker'], ['worker']);
    expect(JSON.stringify(planUp(after, observed, { addonTimeoutSeconds: 45 }).operations)).not.toContain(
      'remove:etcd',
    );
  });

  it('does not mind the ports of containers that run already', () => {
    const running = observedFrom(plan);
    const hosts = new Map(
      [...running.hosts].map(([address, host]) => [address, { ...host, listening: new Set([6443, 2379]) }]),
    );
    expect(
      portConflicts(planUp(plan, { ...running, hosts }, { addonTimeoutSeconds: 45 }).operations, {
        ...running,
        hosts,
      }),
    ).toEqual([]);
  });
});

describe('listeningPorts', () => {
  it('reads listening sockets of both families, and no connections', () => {
    const text = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000
   2: 00000000000000000000000000000000:192B 00000000000000000000000000000000:0000 0A 00000000:00000000`;
    expect([...listeningPorts(text)]).toEqual([8080, 6443]);
  });
});
