import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeSpec, Role, Taint } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, KubeObject, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { planNodeMetadata } from '../../src/plan/node-metadata.js';
import { findNode } from '../../src/reconcile/diff/find-node.js';
import { diffNode } from '../../src/reconcile/intents/node-operations.js';
import { nodePatch } from '../../src/execute/handlers/sync-node.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planRotation } from '../../src/reconcile/plan-rotation.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';

const everything: readonly Role[] = ['controlplane', 'etcd', 'worker'];
const sample = samplePlan([everything]);
const sampleNode = sample.nodes[0] as NodePlan;

function nodeSpec(change: Partial<NodeSpec> = {}): NodeSpec {
  return { ...sampleNode.node, ...change };
}

/** A node as Kubernetes has it, carrying what a run with these settings set. */
function nodeAfter(spec: NodeSpec, others: Partial<NodeMetadataOf> = {}): KubeObject {
  const { labels, annotations, taints } = planNodeMetadata(spec);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.hostnameOverride,
      labels: { 'kubernetes.io/hostname': spec.hostnameOverride, ...labels, ...others.labels },
      annotations,
      resourceVersion: '1',
    },
    spec: { taints: [...taints, ...(others.taints ?? [])] },
  };
}

interface NodeMetadataOf {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** The node after the patch that a change of cluster.yml leads to; the same node if there is none. */
function changed(node: KubeObject, before: NodeSpec, after: NodeSpec): KubeObject {
  const plan: NodePlan = { ...sampleNode, node: after, ...planNodeMetadata(after, [before]) };
  const changes = diffNode(plan, node);
  if (changes === undefined) return node;
  const patch = nodePatch(changes, node) as {
    metadata: { labels: Record<string, string | null> };
    spec?: { taints: Taint[] };
  };
  const labels = Object.entries({ ...node.metadata.labels, ...patch.metadata.labels });
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: Object.fromEntries(labels.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    },
    spec: patch.spec ?? node['spec'],
  };
}

const taintsAt = (node: KubeObject): readonly Taint[] => (node['spec'] as { taints: Taint[] }).taints;
const labelsAt = (node: KubeObject): Record<string, string> => ({ ...node.metadata.labels });

describe('what cluster.yml no longer sets on a node', () => {
  const foreign = {
    labels: { 'example.org/foreign': 'yes' },
    taints: [{ key: 'example.org/foreign', effect: 'NoSchedule' as const }],
  };

  it('is removed: labels, taints, and a taint whose effect changes is replaced', () => {
    const before = nodeSpec({
      role: ['worker'],
      labels: { zone: 'a', disk: 'ssd' },
      taints: [
        { key: 'only', value: 'db', effect: 'NoSchedule' },
        { key: 'gone', effect: 'NoExecute' },
      ],
    });
    const after = nodeSpec({
      role: ['worker'],
      labels: { disk: 'hdd' },
      taints: [{ key: 'only', value: 'db', effect: 'NoExecute' }],
    });
    const node = changed(nodeAfter(before, foreign), before, after);
    expect(labelsAt(node)).toMatchObject({ disk: 'hdd', 'example.org/foreign': 'yes' });
    expect(labelsAt(node)).not.toHaveProperty('zone');
    expect(taintsAt(node)).toEqual([
      { key: 'example.org/foreign', effect: 'NoSchedule' },
      { key: 'only', value: 'db', effect: 'NoExecute' },
    ]);
  });

  it("includes RKE's own taints when the node gains the role worker", () => {
    const before = nodeSpec({ role: ['controlplane', 'etcd'] });
    const node = changed(nodeAfter(before, foreign), before, nodeSpec({ role: everything }));
    expect(taintsAt(node)).toEqual(foreign.taints);
    expect(labelsAt(node)).toHaveProperty(['node-role.kubernetes.io/worker'], 'true');
  });

  it('stays if nobody set it by cluster.yml: a taint of the same key that an operator gave a worker, too', () => {
    const spec = nodeSpec({ role: everything });
    const byHand: Taint = {
      key: 'node-role.kubernetes.io/controlplane',
      value: 'true',
      effect: 'NoSchedule',
    };
    const node = nodeAfter(spec, { taints: [byHand] });
    expect(changed(node, spec, spec)).toBe(node);
  });

  it('never includes the labels by which a node is found and scheduled', () => {
    const labels = { 'kubernetes.io/hostname': '10.0.0.1', 'kubernetes.io/os': 'linux', zone: 'a' };
    expect(planNodeMetadata(nodeSpec(), [nodeSpec({ labels })]).labelsRemoved).toEqual(['zone']);
  });

  it('is removed from a node that was not seen, whatever it has', () => {
    const plan: NodePlan = {
      ...sampleNode,
      ...planNodeMetadata(nodeSpec(), [nodeSpec({ labels: { zone: 'a' }, role: ['etcd'] })]),
    };
    expect(diffNode(plan, undefined)).toMatchObject({
      labelsRemoved: ['zone'],
      taintsRemoved: [{ key: 'node-role.kubernetes.io/etcd' }],
    });
  });

  it('holds for any two settings: afterwards the node has what the new one says, and of the old one nothing else', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'node-role.kubernetes.io/etcd');
    const taint = fc.record({
      key: keys,
      value: fc.constantFrom('', 'x', 'y'),
      effect: fc.constantFrom<Taint['effect']>('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
    });
    const spec = fc.record({
      role: fc.subarray<Role>([...everything], { minLength: 1 }),
      labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y')),
      taints: fc.array(taint, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(spec, spec, (one, two) => {
        const [before, after] = [nodeSpec(one), nodeSpec(two)];
        const node = changed(nodeAfter(before, foreign), before, after);
        const wanted = nodeAfter(after, foreign);
        expect(labelsAt(node)).toEqual(labelsAt(wanted));
        const sorted = (taints: readonly Taint[]): string[] =>
          taints.map((one) => JSON.stringify([one.key, one.value ?? '', one.effect])).sort();
        expect(sorted(taintsAt(node))).toEqual(sorted(taintsAt(wanted)));
        expect(changed(node, before, after)).toBe(node);
        expect(changed(node, after, after)).toBe(node);
      }),
    );
  });
});

describe('taints of cluster.yml', () => {
  it("leave out the key and effect of RKE's own alone", () => {
    const key = 'node-role.kubernetes.io/etcd';
    const taints: Taint[] = [
      { key, value: 'mine', effect: 'NoExecute' },
      { key, value: 'mine', effect: 'NoSchedule' },
    ];
    expect(planNodeMetadata(nodeSpec({ role: ['worker'], taints })).taints).toEqual([taints[1]]);
  });
});

describe('findNode', () => {
  const node = (name: string, hostname?: string, address = ''): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: hostname === undefined ? {} : { 'kubernetes.io/hostname': hostname } },
    status: { addresses: [{ type: 'InternalIP', address }] },
  });

  it.each([
    ['by its label, whatever a cloud provider called it', [node('ip-10-0-0-9.ec2.internal', 'n1')], 0],
    ['by its label in another case', [node('other', 'x'), node('cloud', 'N1')], 1],
    ['by the label before the name', [node('n1', 'x'), node('cloud', 'n1')], 1],
    ['by the label and name of two with the label', [node('cloud', 'n1'), node('n1', 'n1')], 1],
    ['by its name if it has no label', [node('cloud', 'x'), node('n1')], 1],
  ])('finds a node %s', (_, nodes, index) => {
    expect(findNode(nodes, { hostname: 'n1' })).toBe(nodes[index]);
  });

  it('finds a node by its internal address only if the cloud names it', () => {
    const nodes = [node('ip-10-0-0-8', 'a', '10.0.0.8'), node('ip-10-0-0-9', 'b', '10.0.0.9')];
    expect(findNode(nodes, { hostname: 'n1' })).toBeUndefined();
    expect(findNode(nodes, { hostname: 'n1', internalAddress: '10.0.0.9' })).toBe(nodes[1]);
  });
});

describe('a cluster whose nodes a cloud provider named', () => {
  it('is as planned when its nodes are', () => {
    const observed = observedFrom(sample);
    const named = [...(observed.kube?.nodes.values() ?? [])].map((node) => {
      const name = `ip-${node.metadata.name.replaceAll('.', '-')}.ec2.internal`;
      const labels = { ...node.metadata.labels, 'kubernetes.io/hostname': node.metadata.name };
      return { ...node, metadata: { ...node.metadata, name, labels } };
    });
    const nodes = new Map(named.map((node) => [node.metadata.name, node]));
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, nodes };
    expect(planUp(sample, { ...observed, kube }, { addonTimeoutSeconds: 45 }).operations).toEqual([]);
  });
});

describe('the wait for a node', () => {
  const withKubelet = (plan: ClusterPlan, image: string): ClusterPlan => ({
    ...plan,
    nodes: plan.nodes.map((node) => ({
      ...node,
      containers: node.containers.map((one) => (one.name === 'kubelet' ? { ...one, image } : one)),
    })),
  });
  const reporting = (observed: ObservedCluster, kubeletVersion: string): ObservedCluster => {
    const nodes = [...(observed.kube?.nodes ?? [])].map(
      ([name, node]) =>
        [name, { ...node, status: { ...(node['status'] as object), nodeInfo: { kubeletVersion } } }] as const,
    );
    return { ...observed, ...(observed.kube && { kube: { ...observed.kube, nodes: new Map(nodes) } }) };
  };
  const waits = (operations: readonly Operation[]): unknown[] =>
    operations.flatMap((one) => (one.kind === 'await-node-ready' ? [one.newKubelet] : []));

  it.each([
    ['registry/hyperkube:v1.31.1-rancher1', 'v1.30.4', { version: 'v1.31.1' }],
    ['registry:5000/hyperkube:v1.30.4-rancher2', 'v1.30.4', {}],
    ['registry:5000/hyperkube', 'v1.30.4', {}],
    ['registry/hyperkube:mine', 'v1.30.4', {}],
  ])('of a replaced kubelet %s after %s asks for %j', (image, version, expected) => {
    const observed = reporting(observedFrom(sample), version);
    expect(
      waits(planUp(withKubelet(sample, image), observed, { addonTimeoutSeconds: 45 }).operations),
    ).toEqual([expected]);
  });

  it('of a kubelet that is only started again asks for a report of the new one', () => {
    const observed = observedFrom(sample);
    const [address, host] = [...observed.hosts][0] ?? [];
    const kubelet = host?.containers.get('kubelet');
    if (address === undefined || host === undefined || kubelet === undefined) throw new Error('no kubelet');
    const containers = new Map([...host.containers, ['kubelet', { ...kubelet, running: false }]]);
    const stopped = { ...observed, hosts: new Map([[address, { ...host, containers }]]) };
    expect(waits(planUp(sample, stopped, { addonTimeoutSeconds: 45 }).operations)).toEqual([{}]);
  });

  it('that is not Ready asks for no new report, for nothing is started', () => {
    const observed = observedFrom(sample);
    const kube = observed.kube === undefined ? undefined : { ...observed.kube, nodes: new Map() };
    expect(waits(planUp(sample, { ...observed, kube }, { addonTimeoutSeconds: 45 }).operations)).toEqual([
      undefined,
    ]);
  });

  it('of a rotation asks for a report of every kubelet that is restarted', () => {
    const file = { path: '/etc/kubernetes/ssl/kube-node.pem', content: 'new', mode: 0o600, uid: 0, gid: 0 };
    const plan: ClusterPlan = {
      ...sample,
      nodes: sample.nodes.map((node) => ({
        ...node,
        files: [...node.files, file],
        containers: node.containers.map((one) =>
          one.name === 'kubelet' ? { ...one, cmd: [`--tls-cert-file=${file.path}`] } : one,
        ),
      })),
    };
    const rotation = { files: new Set<string>(), together: new Set<string>(), hasNewCa: false };
    const observed = observedFrom(plan);
    const hosts = [...observed.hosts].map(([address, host]) => {
      const old = { sha256: 'old', mode: 0o600, uid: 0, gid: 0 };
      return [address, { ...host, files: new Map([...(host.files ?? []), [file.path, old]]) }] as const;
    });
    const { operations } = planRotation(plan, { ...observed, hosts: new Map(hosts) }, rotation);
    expect(waits(operations)).toEqual([{}]);
  });
});
