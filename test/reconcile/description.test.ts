import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, HostFile } from '../../src/plan/cluster-plan-types.js';
import { changeKinds, changesAnything } from '../../src/reconcile/description/change.js';
import {
  describeOperations,
  type DescribedOperations,
} from '../../src/reconcile/description/describe-operations.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const plan = samplePlan([everything, everything, everything, ['worker']]);
const running = observedFrom(plan);
const key = '/etc/kubernetes/ssl/kube-ca.pem';

function described(
  wanted: ClusterPlan,
  observed: ObservedCluster,
  created: readonly string[] = [],
): DescribedOperations {
  const { operations } = planUp(wanted, observed, { addonTimeoutSeconds: 180 });
  const nodes = wanted.nodes.map(({ node }) => node);
  return describeOperations(operations, nodes, { plan: wanted, observed, created: new Set(created) });
}

const withContainers = (
  change: (name: string) => Partial<ClusterPlan['nodes'][0]['containers'][0]>,
): ClusterPlan => ({
  ...plan,
  nodes: plan.nodes.map((node) => ({
    ...node,
    containers: node.containers.map((one) => ({ ...one, ...change(one.name) })),
  })),
});

const withFiles = (files: readonly HostFile[]): ClusterPlan => ({
  ...plan,
  nodes: plan.nodes.map((node) => ({ ...node, files })),
});

function onHost(address: string, change: Partial<ObservedHost>): ObservedCluster {
  const hosts = new Map(running.hosts);
  const host = hosts.get(address);
  if (host !== undefined) hosts.set(address, { ...host, ...change });
  return { ...running, hosts };
}

it('nothing is described if nothing differs', () => {
  const { nodes, clusterChanges, counts } = described(plan, running);
  expect(nodes.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'unchanged'));
  expect([clusterChanges, counts]).toEqual([[], {}]);
});

it('a host that was not reached is unreachable, not unchanged', () => {
  const hosts = new Map([...running.hosts].filter(([address]) => address !== '10.0.0.4'));
  expect(described(plan, { ...running, hosts }).nodes.at(-1)).toMatchObject({
    status: 'unreachable',
    changes: [],
  });
});

it('a replaced container has its old and new arguments, what it interrupts, and its turn', () => {
  const wanted = withContainers((name) =>
    name === 'kube-apiserver' ? { entrypoint: [name, '--v=4', '--token=abcdef'] } : {},
  );
  const [first] = described(wanted, running).nodes;
  expect(first?.changes).toMatchObject([
    {
      id: 'run:kube-apiserver@10.0.0.1',
      action: 'replace',
      details: [
        {
          field: 'entrypoint',
          removed: ['--v=2'],
          added: ['--v=4', expect.stringMatching(/^--token=\(redacted\) sha256:[0-9a-f]{12}$/)],
        },
      ],
      interrupts: '2 others serve',
      atATime: 1,
    },
  ]);
});

describe('what an interruption means', () => {
  const replaced = (name: string, observed: ObservedCluster): string | undefined => {
    const wanted = withContainers((one) => (one === name ? { entrypoint: ['other'] } : {}));
    const [first] = described(wanted, observed).nodes;
    return first?.changes.find(({ target }) => target === name)?.interrupts;
  };
  const sick = (name: string): ObservedCluster =>
    onHost('10.0.0.2', { unhealthy: new Map([[name, 'no answer']]) });

  it.each([
    ['etcd', '2 others serve'],
    ['kube-scheduler', 'another takes over'],
    ['kubelet', 'pods keep running'],
    ['kube-proxy', 'Services keep working'],
  ])('of %s is known', (name, text) => expect(replaced(name, running)).toBe(text));

  it('does not count members that are sick', () => {
    expect(replaced('etcd', sick('etcd'))).toBe(
      'etcd has no majority meanwhile, and the API does not answer',
    );
    expect(replaced('kube-apiserver', sick('kube-apiserver'))).toBe('1 other serves');
  });

  it('is nothing if the container does not run', () => {
    const containers = new Map(running.hosts.get('10.0.0.1')?.containers);
    const etcd = containers.get('etcd');
    if (etcd !== undefined) containers.set('etcd', { ...etcd, running: false });
    expect(replaced('etcd', onHost('10.0.0.1', { containers }))).toBeUndefined();
  });
});

it('files are described by hashes, owner and mode', () => {
  const wanted = withFiles([
    { path: key, content: 'other', mode: 0o600, uid: 0, gid: 0 },
    { path: '/etc/kubernetes/new.yaml', content: 'new', mode: 0o600, uid: 0, gid: 0 },
  ]);
  const [change] = described(wanted, running).nodes[0]?.changes ?? [];
  expect(change).toMatchObject({ action: 'write', target: 'files', reason: 'differ from the plan' });
  expect(change?.details).toEqual([
    { field: key, removed: ['sha256:f0aeace912cf'], added: ['sha256:d9298a10d1b0'] },
    { field: '/etc/kubernetes/new.yaml', removed: [], added: ['sha256:11507a0e2f5e'] },
  ]);
  const owner = described(withFiles([{ path: key, content: 'pem', mode: 0o644, uid: 7, gid: 7 }]), running);
  expect(owner.nodes[0]?.changes[0]?.details).toEqual([
    { field: key, removed: ['mode 0600', 'owner 0:0'], added: ['mode 0644', 'owner 7:7'] },
  ]);
});

it('labels have the value that the node has now', () => {
  const wanted = {
    ...plan,
    nodes: plan.nodes.map((node) => ({ ...node, labels: { ...node.labels, 'kubernetes.io/os': 'other' } })),
  };
  expect(described(wanted, running).nodes[0]?.changes).toMatchObject([
    {
      action: 'update',
      details: [{ field: 'labels', removed: ['kubernetes.io/os=linux'], added: ['kubernetes.io/os=other'] }],
    },
  ]);
});

it('an add-on has the objects that are new, applied again and deleted', () => {
  const [addon] = plan.addons;
  if (addon === undefined) throw new Error('the plan has an add-on');
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
  };
  const old = { apiVersion: 'v1', kind: 'Service', namespace: 'kube-system', name: 'old' };
  const kube = running.kube && {
    ...running.kube,
    addons: new Map([
      [
        addon.name,
        { hash: 'other', objects: [...(running.kube.addons.get(addon.name)?.objects ?? []), old] },
      ],
    ]),
  };
  const wanted = { ...plan, addons: [{ ...addon, objects: [...addon.objects, config] }] };
  expect(described(wanted, { ...running, kube }).clusterChanges).toMatchObject([
    {
      action: 'apply',
      target: 'rke-coredns-addon',
      reason: 'different from what was applied',
      details: [
        { field: 'new', added: ['ConfigMap kube-system/coredns'] },
        { field: 'applied again', added: ['Deployment kube-system/coredns'] },
        { field: 'deleted', removed: ['Service kube-system/old'] },
      ],
    },
  ]);
});

describe('the digest of a plan', () => {
  const file = (content: string): ClusterPlan =>
    withFiles([{ path: key, content, mode: 0o600, uid: 0, gid: 0 }]);

  it('is the same for two runs that would create their own keys', () => {
    const empty = observedEmpty(plan);
    const digests = ['one', 'two'].map((content) => described(file(content), empty, [key]).digest);
    expect(digests[0]).toBe(digests[1]);
  });

  it('is another one if the content of a file differs', () => {
    const digests = ['one', 'two'].map((content) => described(file(content), running).digest);
    expect(digests[0]).not.toBe(digests[1]);
  });

  it('does not depend on what a chart generates anew at each rendering, in objects and hooks, but on its inputs', () => {
    const rendered = (password: string, generatedFrom: string) => {
      const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'b' }, password };
      const placed = { object, origin: { file: 'demo', line: 1, column: 1 }, generatedFrom };
      const hook = { ...placed, moments: ['pre-install'], weight: 0, deletion: [] } as const;
      const release = { name: 'demo', namespace: 'b', hooks: [hook] };
      const addon = { name: 'helm.b.demo', key: 'addons_helm[0]', objects: [placed], release };
      const plan = { ...samplePlan([['etcd', 'controlplane', 'worker']]), userAddons: [addon] };
      return described(plan, observedFrom({ ...plan, userAddons: [] }));
    };
    const [one, other] = [rendered('hunter2', 'inputs'), rendered('hunter3', 'inputs')];
    expect(one.clusterChanges.map(({ target }) => target)).toEqual(['helm.b.demo']);
    expect(one.digest).toBe(other.digest);
    expect(rendered('hunter2', 'other inputs').digest).not.toBe(one.digest);
    expect(JSON.stringify(one)).not.toContain('hunter2');
  });

  it('does not depend on what is only waited for', () => {
    const sick = onHost('10.0.0.2', { unhealthy: new Map([['kubelet', 'no answer']]) });
    const wanted = withContainers((name) => (name === 'kube-proxy' ? { entrypoint: ['other'] } : {}));
    expect(described(wanted, sick).digest).toBe(described(wanted, running).digest);
  });
});

it('operations that remove a host, its pods, its data or snapshots are destructive, and nothing else is', () => {
  const destructive = Object.entries(changeKinds).flatMap(([kind, facts]) =>
    facts?.destructive === undefined ? [] : [kind],
  );
  expect(destructive).toEqual([
    'delete-snapshots',
    'delete-s3-snapshot',
    'move-etcd-data',
    'remove-pods',
    'clean-host',
    'remove-member',
    'remove-etcd',
    'recover-etcd',
    'set-aside-etcd',
    'delete-node',
  ]);
  const clean: Operation = {
    id: 'clean@10.0.0.4',
    stage: 'remove',
    title: 'clean',
    host: '10.0.0.4',
    after: [],
    kind: 'clean-host',
    image: 'image',
    script: 'true',
  };
  const nodes = plan.nodes.map(({ node }) => node);
  const input = { plan, observed: running, created: new Set<string>() };
  expect(describeOperations([clean], nodes, input).nodes.at(-1)).toMatchObject({
    status: 'removed',
    changes: [{ destructive: 'the host leaves the cluster and loses its data' }],
  });
});

it('waits alone are no change', () => {
  const sick = new Map(
    [...running.hosts].map(([host, found]) => [
      host,
      { ...found, unhealthy: new Map([['kube-scheduler', 'answers 503']]) },
    ]),
  );
  const { operations } = planUp(plan, { ...running, hosts: sick }, { addonTimeoutSeconds: 180 });
  expect(operations.map(({ kind }) => kind)).toContain('await-healthy');
  expect(changesAnything(operations)).toBe(false);
  expect(changesAnything(planUp(plan, observedEmpty(plan), { addonTimeoutSeconds: 180 }).operations)).toBe(
    true,
  );
});
