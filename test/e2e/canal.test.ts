import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askIngress, createIngress, expectIngressServes, ingressHost, ingressManifest } from './ingress.js';
import type { Kubectl } from './kubectl.js';
import { expectGuarded, expectPolicyWorks } from './network-policy.js';
import { TwoNodes } from './two-nodes.js';
import { expectAllReach, expectServiceByName, startWeb, webPods } from './web-pods.js';

/**
 * What RKE v1 has by default. canal: flannel connects the nodes, and Calico enforces network policies. ingress-nginx on ports 80
 * and 443 of the workers.
 */
describe('two nodes with canal and ingress-nginx', () => {
  let cluster: TwoNodes;
  let kubectl: Kubectl;
  let certificate: string;

  beforeAll(async () => {
    cluster = await TwoNodes.start({ network: 'canal', ingress: 'provider: nginx, default_backend: true' });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('become a cluster with the DaemonSet of RKE v1', async () => {
    await cluster.up();
    kubectl = await cluster.kubectl();
    const containers = await kubectl([
      ...['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=canal', '-o'],
      'jsonpath={range .items[*]}{.spec.nodeName} {.status.containerStatuses[*].ready}{"\\n"}{end}',
    ]);
    expect(containers.trim().split('\n').sort()).toEqual(['one true true', 'two true true']);
  });

  it('let pods reach each other across nodes, and a Service by its name', async () => {
    await startWeb(kubectl);
    const pods = await webPods(kubectl);
    expect(pods.map(({ node }) => node)).toEqual(['one', 'two']);
    await expectAllReach(kubectl, pods);
    await expectServiceByName(kubectl, pods);
  });

  it('answer for the host name of an Ingress, by HTTPS with its certificate', async () => {
    certificate = await createIngress(kubectl, cluster.folder);
    await expectIngressServes(cluster.nodes, certificate);
  });

  it('redirect HTTP to HTTPS, and answer for other hosts by the default backend', async () => {
    for (const node of cluster.nodes) {
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
    expect(await cluster.up()).toContain('no change: ');
  });

  it('have network, policy and ingress again after a restart of a node', async () => {
    const [, two] = cluster.nodes;
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
    await expectIngressServes(cluster.nodes, certificate);
  });

  it('are as before when the cluster is removed', () => cluster.expectCleanRemoval());
});
