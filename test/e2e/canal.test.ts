import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { clusterYml } from './cluster-yml.js';
import { askIngress, createIngress, expectIngressServes, ingressHost, ingressManifest } from './ingress.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { expectAllReach, expectGuarded, expectPolicyWorks, webPods } from './network-policy.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

/**
 * What RKE v1 has by default. canal: flannel connects the nodes, and Calico enforces network policies. ingress-nginx on ports 80
 * and 443 of the workers.
 */
describe('two nodes with canal and ingress-nginx', () => {
  let lab: Lab;
  let nodes: readonly LabNode[];
  let folder: RkeFolder;
  let kubectl: Kubectl;
  let certificate: string;
  let before: readonly HostSnapshot[];
  const snapshots = (): Promise<HostSnapshot[]> => Promise.all(nodes.map((node) => node.snapshot()));

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'one' }, { hostname: 'two' }] });
    nodes = lab.nodes;
    before = await snapshots();
    const roles = ({ hostname }: LabNode) =>
      hostname === 'one' ? (['controlplane', 'etcd', 'worker'] as const) : (['worker'] as const);
    const ingress = 'provider: nginx, default_backend: true';
    folder = await RkeFolder.create(clusterYml(lab, { network: 'canal', roles, ingress }));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('become a cluster with the DaemonSet of RKE v1', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    kubectl = await kubectlOn(nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
    const containers = await kubectl([
      ...['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=canal', '-o'],
      'jsonpath={range .items[*]}{.spec.nodeName} {.status.containerStatuses[*].ready}{"\\n"}{end}',
    ]);
    expect(containers.trim().split('\n').sort()).toEqual(['one true true', 'two true true']);
  });

  it('let pods reach each other across nodes, and a Service by its name', async () => {
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    const pods = await webPods(kubectl);
    expect(pods.map(({ node }) => node)).toEqual(['one', 'two']);
    await expectAllReach(kubectl, pods);
    for (const { name } of pods)
      expect(await kubectl(['exec', name, '--', 'wget', '-qO-', 'http://web'])).toMatch(/^hello from /);
  });

  it('answer for the host name of an Ingress, by HTTPS with its certificate', async () => {
    certificate = await createIngress(kubectl, folder);
    await expectIngressServes(nodes, certificate);
  });

  it('redirect HTTP to HTTPS, and answer for other hosts by the default backend', async () => {
    for (const node of nodes) {
      const { status, headers } = await askIngress(node, ingressHost);
      expect([status, headers.location]).toEqual([308, `https://${ingressHost}`]);
      const other = await askIngress(node, 'other.example.org');
      expect([other.status, other.body]).toEqual([404, 'default backend - 404']);
    }
  });

  it('refuse an Ingress that the controller could not serve, by its admission webhook', async () => {
    await expect(kubectl(['apply', '-f', '-'], ingressManifest('twice'))).rejects.toThrow(
      /admission webhook "validate\.nginx\.ingress\.kubernetes\.io" denied the request/,
    );
  });

  it('enforce a NetworkPolicy between nodes: it blocks, and then allows the pods that it names', async () => {
    await expectPolicyWorks(kubectl, await webPods(kubectl));
  });

  it('are not touched by a second run', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: ');
  });

  it('have network, policy and ingress again after a restart of a node', async () => {
    const two = nodes[1] as LabNode;
    await two.stop();
    await two.start();
    await kubectl(['delete', 'pod', '-l', 'app=web', '--wait=true']);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=180s']);
    // New pods have no label that gives them access.
    await expectGuarded(kubectl, await webPods(kubectl));
    await kubectl(['delete', 'networkpolicy', 'guarded']);
    await vi.waitFor(async () => expectAllReach(kubectl, await webPods(kubectl)), {
      timeout: 60_000,
      interval: 1000,
    });
    await expectIngressServes(nodes, certificate);
  });

  it('are as before when the cluster is removed', async () => {
    const { code, stderr } = await folder.rke(['remove', '--force']);
    expect(code, stderr).toBe(0);
    const after = await snapshots();
    for (const [index, { hostname }] of nodes.entries()) {
      const left = diffSnapshots(before[index] as HostSnapshot, after[index] as HostSnapshot);
      // An iptables table that was used once stays in the kernel, empty. The node's own DNS gets other ports when it starts.
      const isOfCluster = (line: string): boolean => !/^\+ iptables \*\w+$| 127\.0\.0\.11/.test(line);
      expect(left.filter(isOfCluster), hostname).toEqual([]);
    }
  });
});
