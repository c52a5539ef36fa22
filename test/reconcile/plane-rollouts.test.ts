import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { before, brief, changed, everything, up } from './plane-helpers.js';

describe('an upgrade', () => {
  it.each([
    ['a worker first', [['worker'], ['controlplane', 'etcd'], ['worker']]],
    ['etcd first', [['etcd'], ['etcd'], ['etcd'], ['controlplane'], ['controlplane'], ['worker']]],
    ['all roles', [everything, everything, everything]],
  ] as [string, Role[][]][])('keeps every component within what it may talk to: %s', (_, roles) => {
    const plan = samplePlan(roles);
    const next = changed(plan, [], 'newer');
    const sidekick = next.nodes.map((node): NodePlan => ({
      ...node,
      containers: node.containers.map((one) =>
        one.name === 'service-sidekick' ? { ...one, image: 'newer' } : one,
      ),
    }));
    const operations = up({ ...next, nodes: sidekick }, observedFrom(plan));
    const controlPlanes = plan.nodes.filter(({ node }) => node.role.includes('controlplane'));
    for (const { node } of plan.nodes) {
      const host = node.address;
      for (const name of ['kubelet', 'kube-proxy'])
        for (const { node: other } of controlPlanes)
          expect(before(`run:${name}@${host}`, operations)).toContain(
            `healthy:kube-apiserver@${other.address}`,
          );
    }
    for (const { node } of controlPlanes)
      for (const name of ['kube-controller-manager', 'kube-scheduler'])
        expect(before(`run:${name}@${node.address}`, operations)).toContain(
          `healthy:kube-apiserver@${node.address}`,
        );
    const groupOf = (role: readonly Role[]): number =>
      role.includes('controlplane') ? 0 : role.includes('etcd') ? 1 : 2;
    const hosts = plan.nodes
      .toSorted((one, other) => groupOf(one.node.role) - groupOf(other.node.role))
      .map(({ node }) => node.address);
    for (const [index, host] of hosts.entries())
      for (const earlier of hosts.slice(0, index))
        expect(before(`run:kubelet@${host}`, operations)).toContain(`ready@${earlier}`);
  });
});

describe('certificates that have expired', () => {
  const read = '/etc/kubernetes/ssl/kube-proxy.pem';
  const readByNobody = '/etc/kubernetes/ssl/kube-nobody.pem';

  /** Containers of three hosts of which the kube-proxies read the file, with another argument for some. */
  function cluster(path: string, names: readonly string[]): { plan: ClusterPlan; observed: ObservedCluster } {
    const plan = samplePlan([everything, everything, everything]);
    const nodes = plan.nodes.map((node): NodePlan => ({
      ...node,
      files: [...node.files, { path, content: 'pem', mode: 0o600, uid: 0, gid: 0 }],
      containers: node.containers.map((one) =>
        one.name === 'kube-proxy' ? { ...one, cmd: [`--certificate=${read}`] } : one,
      ),
    }));
    return { plan: changed({ ...plan, nodes }, names), observed: observedFrom({ ...plan, nodes }) };
  }

  it('and that nobody reads turn no rolling off', () => {
    const { plan, observed } = cluster(readByNobody, ['etcd', 'kube-apiserver', 'kubelet']);
    const files = new Set([readByNobody]);
    expect(up(plan, observed, { files, together: files })).toEqual(up(plan, observed));
  });

  it('have just their readers restarted at one time, and no replacement', () => {
    const { plan, observed } = cluster(read, ['etcd']);
    const files = new Set([read]);
    const operations = up(plan, observed, { files, together: files });
    for (const { id, kind } of operations) {
      if (kind === 'restart-container') expect([...before(id, operations)]).not.toContain('others');
      if (id === 'run:etcd@10.0.0.2') expect(before(id, operations)).toContain('healthy:etcd@10.0.0.1');
    }
    expect(operations.filter(({ kind }) => kind === 'restart-container').map(({ id }) => id)).toEqual([
      'run:kube-proxy@10.0.0.1',
      'run:kube-proxy@10.0.0.2',
      'run:kube-proxy@10.0.0.3',
    ]);
    expect(before('run:kube-proxy@10.0.0.2', operations)).not.toContain('run:kube-proxy@10.0.0.1');
  });

  it('are taken over on all hosts before what reads them is replaced host by host', () => {
    const { plan, observed } = cluster(read, ['kube-proxy']);
    const files = new Set([read]);
    const operations = up(plan, observed, { files, together: files });
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
      expect(brief(operations)).toContain(`renew:kube-proxy@${host} restart-container`);
      for (const other of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
        expect(before(`run:kube-proxy@${host}`, operations)).toContain(`renew:kube-proxy@${other}`);
    }
    expect(before('run:kube-proxy@10.0.0.2', operations)).toContain('healthy:kube-proxy@10.0.0.1');
  });
});
