import { describe, expect, it } from 'vitest';
import { observe, type ObserveOptions } from '../../src/execute/observe.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { sampleFacts, samplePlan } from '../fakes/cluster.js';
import { fakeClock } from '../fakes/clock.js';
import { FakeHost } from '../fakes/host.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker']]);
const containers = plan.nodes[0]?.containers ?? [];

function runningHost(): FakeHost {
  const host = new FakeHost('10.0.0.1');
  for (const container of containers) host.run(container);
  host.prints = (command) => (command.startsWith('date') ? '1800000000\n' : '');
  return host;
}

const options = (host: FakeHost): ObserveOptions => ({
  hosts: new Map([[host.address, host]]),
  facts: new Map([[host.address, sampleFacts]]),
  kube: {
    list: () => Promise.reject(new Error('no API')),
    get: () => Promise.reject(new Error('no API')),
  } as unknown as KubeApi,
  clock: fakeClock(),
  concurrency: 1,
  signal: new AbortController().signal,
  unpackFiles: () => Promise.resolve([]),
});

describe('the observation of running containers', () => {
  it('includes their health, from the checks of the plan and without changes to the host', async () => {
    const host = runningHost();
    const asked: string[] = [];
    const { hosts } = await observe(plan, {
      ...options(host),
      probe: (_, { url }) => {
        asked.push(url);
        if (url.endsWith('/kubelet')) return Promise.reject(new Error('connection refused'));
        return Promise.resolve({ status: url.endsWith('/etcd') ? 503 : 200, body: '' });
      },
    });
    expect([...(hosts.get('10.0.0.1')?.unhealthy ?? [])]).toEqual([
      ['etcd', 'https://localhost/etcd answers 503'],
      ['kubelet', 'https://localhost/kubelet: connection refused'],
    ]);
    expect(hosts.get('10.0.0.1')?.clock).toBe(1_800_000_000);
    expect(asked).toHaveLength(containers.filter(({ healthCheck }) => healthCheck !== undefined).length);
    expect(host.calls).toEqual([]);
  });

  it('skips containers that are not running', async () => {
    const host = runningHost();
    for (const [name, container] of host.containers)
      host.containers.set(name, { ...container, running: false });
    const probe = (): Promise<never> => Promise.reject(new Error('nobody is to be asked'));
    const { hosts } = await observe(plan, { ...options(host), probe });
    expect(hosts.get('10.0.0.1')?.unhealthy?.size).toBe(0);
  });
});
