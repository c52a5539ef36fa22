import { describe, expect, it } from 'vitest';
import { planUp } from '../../src/reconcile/plan-up.js';
import { listeningPorts, portConflicts } from '../../src/reconcile/port-conflicts.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker']]);

describe('portConflicts', () => {
  it('names the port that a new container needs and somebody else holds', () => {
    const empty = observedEmpty(plan);
    const hosts = new Map(
      [...empty.hosts].map(([address, host]) => [address, { ...host, listening: new Set([22, 6443]) }]),
    );
    const observed = { ...empty, hosts };
    expect(portConflicts(planUp(plan, observed, 45).operations, observed)).toEqual([
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
    expect(portConflicts(planUp(plan, observed, 45).operations, observed)).toEqual([]);
  });

  it('does not mind the ports of containers that run already', () => {
    const running = observedFrom(plan);
    const hosts = new Map(
      [...running.hosts].map(([address, host]) => [address, { ...host, listening: new Set([6443, 2379]) }]),
    );
    expect(portConflicts(planUp(plan, { ...running, hosts }, 45).operations, { ...running, hosts })).toEqual(
      [],
    );
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
