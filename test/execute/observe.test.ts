import { describe, expect, it, vi } from 'vitest';
import { readHostFiles } from '../../src/execute/read-host-files.js';
import { dockerError, RkeError, sshError } from '../../src/core/errors.js';
import type { NodeSpec } from '../../src/config/cluster-spec.js';
import { RunFailedError, type Failure } from '../../src/core/hosts-error.js';
import { observe } from '../../src/execute/observe.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { ObservedHost } from '../../src/reconcile/observed.js';
import { planRemove } from '../../src/reconcile/plan-remove.js';
import { refuseForeignContainers, reportForeignContainers } from '../../src/run/checks/foreign-containers.js';
import { carriesCluster } from '../../src/reconcile/observed.js';
import { requireAllButWorkers, withUnread } from '../../src/run/unreachable.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { fakeClock } from '../fakes/clock.js';
import { sampleFacts, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';

const plan = samplePlan([['worker']]);
const address = '10.0.0.1';
const kube = { list: () => Promise.reject(new Error('no API')) } as unknown as KubeApi;

async function observed(host: FakeHost): Promise<Awaited<ReturnType<typeof observe>>> {
  return observe(plan, {
    hosts: new Map([[address, host]]),
    facts: new Map([[address, sampleFacts]]),
    kube,
    clock: fakeClock(),
    concurrency: 1,
    signal: new AbortController().signal,
    unpackFiles: () => Promise.resolve([]),
  });
}

async function observedHost(host: FakeHost): Promise<ObservedHost> {
  const found = (await observed(host)).hosts.get(address);
  if (found === undefined) throw new Error('the host was observed');
  return found;
}

const container = (name: string, image: string, isLabelled = false): Parameters<FakeHost['run']>[0] => ({
  ...helperContainer(name, image),
  labels: isLabelled ? { 'io.rancher.rke.container.name': name } : {},
});

it('an observation distinguishes the containers of the cluster from others with the same names', async () => {
  const host = new FakeHost(address);
  host.run(container('kubelet', 'other', true));
  host.run(container('nginx-proxy', 'jwilder/nginx-proxy'));
  host.run(container('etcd', 'bitnami/etcd'));
  host.run(container('cluster-state-deployer', 'rancher/rke-tools:v0.1.96'));
  host.run({ ...container('kube-scheduler', 'rancher/hyperkube', true), started: false });
  host.run(container('web', 'nginx'));
  const found = await observedHost(host);
  expect([...found.containers.keys()]).toEqual(['kubelet']);
  expect(found.leftovers).toEqual(['cluster-state-deployer', 'kube-scheduler']);
  expect([...found.runningLeftovers]).toEqual(['cluster-state-deployer']);
  expect(found.foreign.map(({ name }) => name)).toEqual(['etcd', 'nginx-proxy']);
});

it('a run is refused if a foreign container has a name that is needed, and its host does not count as part of a cluster', async () => {
  const host = new FakeHost(address);
  host.run(container('nginx-proxy', 'jwilder/nginx-proxy'));
  host.run(container('etcd', 'bitnami/etcd'));
  const found = await observed(host);
  expect(carriesCluster(found)).toBe(false);
  expect(() => refuseForeignContainers(plan, found, 'rke up')).toThrow(
    expect.objectContaining({
      exitCode: 6,
      failures: [
        {
          title: 'check containers',
          host: address,
          error: expect.objectContaining({
            code: 'FOREIGN_CONTAINER',
            message:
              'container "nginx-proxy" (image jwilder/nginx-proxy) does not belong to the cluster, which needs its name',
            fix: 'rename it (`docker rename nginx-proxy my-nginx-proxy` on the host), then run `rke up` again',
          }) as unknown,
        },
      ],
    }),
  );
});

it.each(['old-kubelet', 'file-deployer', 'kube-cleaner', 'rke-worker-port-listener'])(
  'a run is refused before it would remove a foreign %s',
  async (name) => {
    const host = new FakeHost(address);
    host.run(container(name, 'nginx'));
    const found = await observed(host);
    expect(() => refuseForeignContainers(plan, found, 'rke up')).toThrow('1 operations failed');
  },
);

it('a removal keeps foreign containers and what they use, reports them, and removes every container of RKE v1', async () => {
  const host = new FakeHost(address);
  host.run({ ...container('etcd', 'bitnami/etcd'), binds: ['/var/lib/etcd/:/data', '/srv:/srv'] });
  const left = [
    'cluster-state-deployer',
    'etcd-restore',
    'etcd-snapshot-once',
    'rke-selinux-checker',
    'old-kubelet',
  ];
  for (const name of left) host.run(container(name, 'rancher/rke-tools:v1'));
  const found = await observed(host);
  const { operations } = planRemove(plan, found);
  const removed = operations.flatMap((one) => (one.kind === 'remove-container' ? [one.name] : []));
  expect(removed.toSorted()).toEqual(left.toSorted());
  const clean = operations.find(({ kind }) => kind === 'clean-host');
  expect(clean).toMatchObject({ script: expect.not.stringContaining("'/var/lib/etcd'") as string });
  expect(clean).toMatchObject({ script: expect.stringContaining("'/etc/kubernetes'") as string });
  const sink = recordingSink();
  reportForeignContainers(found, sink);
  expect(sink.events).toEqual([
    {
      type: 'warning',
      host: address,
      message: 'container "etcd" does not belong to the cluster (image bitnami/etcd) and is left alone',
    },
  ]);
});

it('observing a host without a cluster removes a leftover helper, but no foreign container with its name', async () => {
  const options = { signal: new AbortController().signal, unpackFiles: () => Promise.resolve([]) };
  const [node] = plan.nodes;
  if (node === undefined) throw new Error('the plan has a node');
  const host = new FakeHost(address);
  host.run(container('file-deployer', 'nginx'));
  await expect(readHostFiles(node, host, options)).rejects.toMatchObject({ code: 'FOREIGN_CONTAINER' });
  expect(host.containers.get('file-deployer')?.image).toBe('nginx');
  host.run(container('file-deployer', 'rancher/rke-tools:v1'));
  await readHostFiles(node, host, options);
  expect(host.containers.size).toBe(0);
});

it('a host that cannot be fully observed is excluded with the reason, and others are not', async () => {
  const [broken, well] = ['10.0.0.1', '10.0.0.2'].map((one) => new FakeHost(one));
  if (broken === undefined || well === undefined) throw new Error('two hosts');
  broken.docker.list = () => Promise.reject(dockerError('DOCKER_TIMEOUT', 'no answer', { host: address }));
  const found = await observe(samplePlan([['worker'], ['worker']]), {
    hosts: new Map([broken, well].map((host) => [host.address, host])),
    facts: new Map([broken, well].map((host) => [host.address, sampleFacts])),
    kube,
    clock: fakeClock(),
    concurrency: 2,
    signal: new AbortController().signal,
    unpackFiles: () => Promise.resolve([]),
  });
  expect([...found.hosts.keys()]).toEqual(['10.0.0.2']);
  expect([...(found.unread ?? [])]).toMatchObject([['10.0.0.1', { code: 'DOCKER_TIMEOUT' }]]);
  const reached = {
    hosts: new Map([broken, well].map((host) => [host.address, host])),
    unreachable: new Map(),
  };
  const nodes = samplePlan([['worker'], ['worker']]).nodes.map(({ node }) => node);
  expect(requireAllButWorkers(nodes, withUnread(reached, found))).toMatchObject([{ host: '10.0.0.1' }]);
  const needed = nodes.map((node) => ({ ...node, role: ['etcd' as const] }));
  expect(() => requireAllButWorkers(needed, withUnread(reached, found))).toThrow('1 operations failed');
});

describe('etcd and control-plane hosts that the user accepts to do without', () => {
  const [first, second] = samplePlan([['etcd'], ['etcd', 'controlplane']]).nodes.map(({ node }) => node);
  if (first === undefined || second === undefined) throw new Error('two hosts');
  const nodes = [first, second];
  const error = sshError('SSH_UNREACHABLE', 'no answer', { fix: 'check it' });
  const reached = {
    hosts: new Map([[first.address, new FakeHost(first.address)]]),
    unreachable: new Map([[second.address, error]]),
  };
  const failuresOf = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (thrown) {
      return thrown instanceof RunFailedError ? thrown.failures : thrown;
    }
  };

  const accepted = (before: readonly NodeSpec[]) => ({ before, isAccepted: true });

  it('stop the run otherwise, with the way out if the cluster has them already', () => {
    const fixesOf = (before?: readonly NodeSpec[], hosts = reached): unknown => {
      const ignorable = before && { before, isAccepted: false };
      const failures = failuresOf(() => requireAllButWorkers(nodes, hosts, [], ignorable)) as Failure[];
      return failures.map((failure) => failure.error instanceof RkeError && failure.error.fix);
    };
    const offer =
      'check it; or run the same command with `--ignore-unreachable`: it leaves the host as it is and counts its members as not healthy';
    expect(fixesOf(nodes)).toEqual([offer]);
    expect(fixesOf([first])).toEqual(['check it']);
    expect(fixesOf(nodes, { ...reached, hosts: new Map() })).toEqual(['check it']);
    expect(fixesOf()).toEqual(['check it']);
  });

  it('are failures of the run if the cluster has them already', () => {
    expect(requireAllButWorkers(nodes, reached, [], accepted(nodes))).toMatchObject([
      { host: second.address, error: { code: 'SSH_UNREACHABLE' } },
    ]);
  });

  it.each([
    ['the first run', []],
    ['a node that joins', [first]],
    ['a node that gets another role', [first, { ...second, role: ['etcd' as const] }]],
  ])('stop %s, with exit code 5', (_, before) => {
    expect(failuresOf(() => requireAllButWorkers(nodes, reached, [], accepted(before)))).toMatchObject([
      { host: second.address, error: { code: 'JOINING_UNREACHABLE', exitCode: 5 } },
    ]);
  });

  it('stop the run if they leave, or if no host is left', () => {
    expect(failuresOf(() => requireAllButWorkers([first], reached, [second], accepted(nodes)))).toMatchObject(
      [{ error: { code: 'LEAVING_UNREACHABLE' } }],
    );
    const none = { hosts: new Map(), unreachable: new Map(nodes.map(({ address: at }) => [at, error])) };
    expect(failuresOf(() => requireAllButWorkers(nodes, none, [], accepted(nodes)))).toHaveLength(2);
  });
});

it('an observation queries all images once, and those of containers once more', async () => {
  const host = new FakeHost(address);
  const [node] = plan.nodes;
  for (const image of node?.images ?? []) host.images.add(image);
  const kubelet = node?.containers.find(({ name }) => name === 'kubelet');
  if (kubelet !== undefined) host.run(kubelet);
  const inspect = vi.spyOn(host.docker, 'inspectImage');
  const { images } = await observedHost(host);
  expect([...images.keys()].sort()).toEqual([...(node?.images ?? [])].sort());
  expect(inspect.mock.calls.map(([image]) => image)).toEqual([kubelet?.image]);
});
