import { describe, expect, it } from 'vitest';
import type { NodeSpec } from '../../src/config/cluster-spec.js';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import { planNodes } from '../../src/plan/plan-nodes.js';
import { nodes, planInput } from './cluster.js';

function planOf(address: string, plans = planNodes(planInput())): NodePlan {
  const plan = plans.find(({ node }) => node.address === address);
  if (plan === undefined) throw new Error(`no plan for ${address}`);
  return plan;
}

const everywhere = ['kubelet', 'kube-proxy'];
const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const etcd = ['etcd', 'etcd-rolling-snapshots'];

describe('containers of a host', () => {
  it.each([
    [nodes.head, [...etcd, 'service-sidekick', ...controlPlane, ...everywhere]],
    [nodes.all, [...etcd, 'service-sidekick', ...controlPlane, ...everywhere]],
    [nodes.control, ['service-sidekick', ...controlPlane, ...everywhere]],
    [nodes.member, [...etcd, 'service-sidekick', 'nginx-proxy', ...everywhere]],
    [nodes.worker, ['service-sidekick', 'nginx-proxy', ...everywhere]],
  ])('are in the order of their start: $address', ({ address }, names) => {
    expect(planOf(address).containers.map(({ name }) => name)).toEqual(names);
  });

  it('have binds below the prefix path', () => {
    const plans = planNodes(planInput((spec) => ({ ...spec, prefixPath: '/srv/kube' })));
    const { prefixPath, containers, directories } = planOf(nodes.all.address, plans);
    expect(prefixPath).toBe('/srv/kube');
    expect(directories.map(({ bind }) => bind)).toEqual(['/srv/kube/var/lib/etcd:/var/lib/rancher/etcd/']);
    const kubelet = containers.find(({ name }) => name === 'kubelet');
    expect(kubelet?.binds).toContain('/srv/kube/etc/kubernetes:/etc/kubernetes');
    expect(kubelet?.entrypoint).toContain('--root-dir=/srv/kube/var/lib/kubelet');
  });

  it('present a certificate to components that require one', () => {
    const checks = planOf(nodes.all.address).containers.flatMap(({ name, healthCheck }) =>
      healthCheck?.certificate === undefined ? [] : [[name, healthCheck.certificate]],
    );
    expect(checks).toEqual([
      ['etcd', 'kube-node'],
      ['kube-apiserver', 'kube-apiserver'],
    ]);
  });
});

describe('images of a host', () => {
  const tools = 'rancher/rke-tools:v0.1.103';
  const addon = 'rancher/mirrored-coredns-coredns:1.11.1';

  it('are listed once each, most urgent first', () => {
    expect(planOf(nodes.all.address).images).toEqual([
      tools,
      'rancher/mirrored-coreos-etcd:v3.5.12',
      'rancher/hyperkube:v1.30.5-rancher1',
      'rancher/mirrored-pause:3.7',
      addon,
    ]);
    expect(planOf(nodes.worker.address).images).toEqual([
      tools,
      'rancher/hyperkube:v1.30.5-rancher1',
      'rancher/mirrored-pause:3.7',
      addon,
    ]);
  });

  it('list that of snapshots after the other containers', () => {
    const plans = planNodes({ ...planInput(), snapshotImageTag: 'v0.1.200' });
    expect(planOf(nodes.member.address, plans).images.slice(2)).toEqual([
      'rancher/hyperkube:v1.30.5-rancher1',
      'rancher/rke-tools:v0.1.200',
      'rancher/mirrored-pause:3.7',
      addon,
    ]);
  });
});

describe('the node of a host', () => {
  it('has taints if the host is not a worker', () => {
    const etcdTaint = { key: 'node-role.kubernetes.io/etcd', value: 'true', effect: 'NoExecute' };
    const controlTaint = { key: 'node-role.kubernetes.io/controlplane', value: 'true', effect: 'NoSchedule' };
    expect(planOf(nodes.head.address).taints).toEqual([etcdTaint, controlTaint]);
    expect(planOf(nodes.control.address).taints).toEqual([controlTaint]);
    expect(planOf(nodes.member.address).taints).toEqual([etcdTaint]);
    expect(planOf(nodes.all.address).taints).toEqual([]);
    expect(planOf(nodes.worker.address).taints).toEqual([]);
  });
});

describe('labels of earlier runs', () => {
  const input = planInput();
  const removedBy = (change: Partial<NodeSpec>): readonly string[] => {
    const before = { ...nodes.worker, labels: { tier: 'old' }, ...change };
    return planOf(nodes.worker.address, planNodes({ ...input, earlier: [{ nodes: [before] }] }))
      .labelsRemoved;
  };

  it.each([
    ['of the node', {}],
    ['of the node at another address', { address: '10.0.0.99' }],
    ['of the node, whose name had other letters', { hostnameOverride: 'N-10.0.0.5' }],
  ])('are removed: %s', (_, change) => {
    expect(removedBy({ hostnameOverride: nodes.worker.hostnameOverride, ...change })).toContain('tier');
  });

  it('stay if they were of another node', () => {
    expect(removedBy({ hostnameOverride: 'another' })).not.toContain('tier');
  });

  it('are collected over all earlier runs', () => {
    const earlier = [{ tier: 'old' }, { zone: 'a' }].map((labels) => ({
      nodes: [{ ...nodes.worker, labels }],
    }));
    const plan = planOf(nodes.worker.address, planNodes({ ...input, earlier }));
    expect(plan.labelsRemoved).toEqual(expect.arrayContaining(['tier', 'zone']));
  });
});

describe('planning', () => {
  it('gives the same bytes twice and does not change its input', () => {
    const input = deepFreeze(planInput());
    expect(JSON.stringify(planNodes(input))).toBe(JSON.stringify(planNodes(input)));
  });

  it('does not depend on the order of keys in its input', () => {
    const input = planInput();
    const turned = { ...input, spec: reversed(input.spec), serviceOptions: reversed(input.serviceOptions) };
    expect(planNodes(turned).map(({ containers, files }) => ({ containers, files }))).toEqual(
      planNodes(input).map(({ containers, files }) => ({ containers, files })),
    );
  });

  it('omits a host that was not reached, which the plans of others still name', () => {
    const input = planInput();
    const facts = new Map([...input.facts].filter(([address]) => address !== nodes.member.address));
    const plans = planNodes({ ...input, facts });
    expect(plans.map(({ node }) => node.address)).not.toContain(nodes.member.address);
    const member = planOf(nodes.head.address, plans).containers.find(({ name }) => name === 'etcd');
    expect(member?.cmd.join()).toContain('etcd-n-10.0.0.4=https://10.0.0.4:2380');
  });

  it('omits Windows hosts without their options', () => {
    const input = planInput();
    const facts = new Map(
      [...input.facts].map(([address, host]) => [
        address,
        address === nodes.worker.address ? { ...host, osType: 'windows' } : host,
      ]),
    );
    expect(planNodes({ ...input, facts })).toHaveLength(input.spec.nodes.length - 1);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/** The same value with the keys of every object reversed. */
function reversed<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).reverse())
        : member,
    ),
  ) as T;
}
