import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { expectAllReach, expectPolicyWorks, webPods } from './network-policy.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

/** Calico alone: BGP between the nodes, addresses from its own pools. In the lab its routes go without IP in IP. */
describe('two nodes with calico', () => {
  let lab: Lab;
  let nodes: readonly LabNode[];
  let folder: RkeFolder;
  let kubectl: Kubectl;
  let before: readonly HostSnapshot[];
  const snapshots = (): Promise<HostSnapshot[]> => Promise.all(nodes.map((node) => node.snapshot()));

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'one' }, { hostname: 'two' }] });
    nodes = lab.nodes;
    before = await snapshots();
    const roles = ({ hostname }: LabNode) =>
      hostname === 'one' ? (['controlplane', 'etcd', 'worker'] as const) : (['worker'] as const);
    folder = await RkeFolder.create(
      clusterYml(lab, { network: 'calico', roles, version: 'v1.31.1-rancher1-1' }),
    );
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('become a cluster', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    kubectl = await kubectlOn(nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
  });

  it('exchange the routes to their pods by BGP', async () => {
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    const [one, two] = nodes as [LabNode, LabNode];
    await vi.waitFor(
      async () => {
        expect(await one.must(['ip', 'route', 'show', 'proto', 'bird'])).toContain(`via ${two.address} `);
        expect(await two.must(['ip', 'route', 'show', 'proto', 'bird'])).toContain(`via ${one.address} `);
      },
      { timeout: 60_000, interval: 1000 },
    );
    await expectAllReach(kubectl, await webPods(kubectl));
  });

  it('enforce a NetworkPolicy between nodes: it blocks, and then allows the pods that it names', async () => {
    await expectPolicyWorks(kubectl, await webPods(kubectl));
  });

  it('are as before when the cluster is removed', async () => {
    const { code, stderr } = await folder.rke(['remove', '--force']);
    expect(code, stderr).toBe(0);
    const after = await snapshots();
    for (const [index, { hostname }] of nodes.entries()) {
      const left = diffSnapshots(before[index] as HostSnapshot, after[index] as HostSnapshot);
      // An iptables table that was used once stays in the kernel, empty.
      expect(
        left.filter((line) => !/^\+ iptables \*\w+$/.test(line)),
        hostname,
      ).toEqual([]);
    }
  });
});
