import { describe, expect, it } from 'vitest';
import { kubeError } from '../../src/core/errors.js';
import type { Clock } from '../../src/execute/run-context.js';
import { observeKube } from '../../src/execute/observe-kube.js';
import { observe } from '../../src/execute/observe.js';
import { createKubeApi } from '../../src/kube/client.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { observeCluster } from '../../src/run/observe-cluster.js';
import { fakeClock } from '../fakes/clock.js';
import { sampleContainer, sampleFacts, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';
import { FakeKube } from '../fakes/kube.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { adminCertificates, FakeApi, status } from '../kube/fake-api.js';

const { signal } = new AbortController();
const plan = samplePlan([['controlplane', 'etcd', 'worker']]);
const timeout = (): Error =>
  kubeError('KUBE_TIMEOUT', 'kube-apiserver did not answer in time', { retryable: true });

/** An API whose reads fail this many times; each takes this many seconds of the clock. */
function failing(
  error: () => Error,
  times: number,
  clock: Clock,
  seconds = 0,
): { kube: KubeApi; reads: () => number } {
  const good = new FakeKube();
  let reads = 0;
  const kube = Object.assign(Object.create(good) as KubeApi, {
    list: async (ref: Parameters<KubeApi['list']>[0]) => {
      reads += 1;
      await clock.sleep(seconds * 1000, { signal });
      if (reads <= times) throw error();
      return good.list(ref);
    },
  });
  return { kube, reads: () => reads };
}

describe('observeKube', () => {
  it.each([
    ['slow', timeout],
    ['busy', () => kubeError('KUBE_UNAVAILABLE', 'starting', { retryable: true })],
  ])('waits for an API that is %s', async (_, error) => {
    const clock = fakeClock();
    const { kube, reads } = failing(error, 3, clock);
    expect(await observeKube(plan, kube, { signal, clock })).toHaveProperty('kube');
    expect(reads()).toBe(4);
  });

  it.each([
    ['refuses the connection', () => kubeError('KUBE_UNREACHABLE', 'refused', { retryable: true })],
    ['has another certificate', () => kubeError('KUBE_TLS', 'not accepted')],
    ['refuses the user', () => kubeError('KUBE_UNAUTHORIZED', 'who are you')],
  ])('does not wait for an API that %s, and reports why nothing was read', async (_, error) => {
    const clock = fakeClock();
    const { kube, reads } = failing(error, 100, clock);
    expect(await observeKube(plan, kube, { signal, clock })).toEqual({ trouble: error().message });
    expect([reads(), clock.now()]).toEqual([1, 0]);
  });

  it('reports an API that it waited for in vain, after a limited time', async () => {
    const clock = fakeClock();
    const { kube } = failing(timeout, 100, clock, 7);
    expect(await observeKube(plan, kube, { signal, clock })).toEqual({ trouble: timeout().message });
    expect(clock.now()).toBeLessThanOrEqual(70_000);
  });

  it('reads everything from an API that takes two seconds for every response', async () => {
    await using api = await new FakeApi('10.0.0.1').listen();
    await using kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
    api.delayMilliseconds = 2000;
    api.answer = ({ path }) =>
      path === '/api/v1/nodes'
        ? { body: { kind: 'NodeList', metadata: {}, items: [{ metadata: { name: 'n1' } }] } }
        : { status: 404, body: status(404, 'not found') };
    const clock: Clock = { ...fakeClock(), now: () => performance.now() };
    const found = await observeKube(plan, kube, { signal, clock });
    expect([...(found.kube?.nodes.keys() ?? [])]).toEqual(['n1']);
  }, 20_000);
});

describe('an unreadable API', () => {
  const hostWith = (...containers: string[]): FakeHost => {
    const host = new FakeHost('10.0.0.1');
    for (const name of containers) host.run(sampleContainer(name));
    return host;
  };
  const refused = kubeError('KUBE_UNREACHABLE', 'connection refused', { retryable: true });

  it.each([
    [
      ['kube-apiserver'],
      [
        'cannot read the Kubernetes API (connection refused); nodes and add-ons are planned without it, so that the plan may have steps that are not needed: to see only what differs, plan again when the API answers',
      ],
    ],
    [[], []],
  ])('on a host that runs %j is reported as %j', async (containers, expected) => {
    const host = hostWith(...containers);
    const events = recordingSink();
    const { kube } = failing(() => refused, 100, fakeClock());
    const hosts = { hosts: new Map([[host.address, host]]), facts: new Map([[host.address, sampleFacts]]) };
    const observed = await observeCluster(plan, hosts, kube, { signal, events, concurrency: 1 });
    expect(observed.kube).toBeUndefined();
    const messages = events.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(messages).toEqual(expected);
  });

  it('is not queried, and not reported, by a run that must not use it', async () => {
    const host = hostWith('kube-apiserver');
    const observed = await observe(plan, {
      hosts: new Map([[host.address, host]]),
      facts: new Map([[host.address, sampleFacts]]),
      kube: undefined,
      clock: fakeClock(),
      concurrency: 1,
      signal,
      unpackFiles: () => Promise.resolve([]),
    });
    expect(observed).toMatchObject({ kube: undefined });
    expect(observed.kubeTrouble).toBeUndefined();
  });
});
