import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabNode } from '../lab/node.js';
import type { Kubectl } from './kubectl.js';
import { expectPolicyWorks } from './network-policy.js';
import { TwoNodes } from './two-nodes.js';
import { expectAllReach, expectServiceByName, startWeb, webPods } from './web-pods.js';

const version = 'v1.31.1-rancher1-1';

/**
 * Calico alone: BGP between the nodes, addresses from its own pools. In the lab its routes go without IP in IP. Then flannel
 * replaces it.
 */
describe('two nodes with calico', () => {
  let cluster: TwoNodes;
  let kubectl: Kubectl;

  beforeAll(async () => {
    cluster = await TwoNodes.start({ network: 'calico', version });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('become a cluster', async () => {
    await cluster.up();
    kubectl = await cluster.kubectl();
  });

  it('exchange the routes to their pods by BGP', async () => {
    await startWeb(kubectl);
    const [one, two] = cluster.nodes;
    await vi.waitFor(
      async () => {
        expect(await routesOfBird(one)).toContain(`via ${two.address} `);
        expect(await routesOfBird(two)).toContain(`via ${one.address} `);
      },
      { timeout: 60_000, interval: 1000 },
    );
    await expectAllReach(kubectl, await webPods(kubectl));
  });

  it('enforce a NetworkPolicy between nodes: it blocks, and then allows the pods that it names', async () => {
    await expectPolicyWorks(kubectl, await webPods(kubectl));
  });

  it('are not touched if another network plugin is set without the flag', async () => {
    const before = await podUids(kubectl);
    await cluster.configure({ network: 'flannel', version });
    const { code, stderr } = await cluster.folder.rke(['up']);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('cannot be changed from calico to flannel on a running cluster');
    expect(stderr).toContain('`rke up --allow-network-change`');
    expect(stderr).toContain('docs/running-cluster.md');
    expect(await podUids(kubectl)).toEqual(before);
  });

  it('change to flannel with the flag: pods keep their names, and reach each other and a Service by its name', async () => {
    const before = await webPods(kubectl);
    const stderr = await cluster.up('--allow-network-change');
    expect(stderr).toContain('calico is removed from the cluster and all hosts');
    kubectl = await cluster.kubectl();
    const pods = await webPods(kubectl);
    expect(pods.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    for (const [index, { ip }] of pods.entries()) expect(ip).not.toBe(before[index]?.ip);
    await expectAllReach(kubectl, pods);
    await expectServiceByName(kubectl, pods);
  });

  it('have nothing left of calico but its CRDs', async () => {
    const kinds = 'daemonsets,deployments,configmaps,serviceaccounts,clusterroles,clusterrolebindings';
    expect(await kubectl(['get', kinds, '-A', '-o', 'name'])).not.toContain('calico');
    expect(await kubectl(['get', 'customresourcedefinitions', '-o', 'name'])).toContain(
      'ippools.crd.projectcalico.org',
    );
    for (const node of cluster.nodes) {
      expect(await routesOfBird(node), node.hostname).toBe('');
      const { links, iptables, ipsets, files } = await node.snapshot();
      expect(
        [...links, ...iptables, ...ipsets].filter((line) => /\bcali/.test(line)),
        node.hostname,
      ).toEqual([]);
      expect(
        files.filter((file) => file.startsWith('/etc/cni/net.d/')),
        node.hostname,
      ).toEqual(['/etc/cni/net.d/10-flannel.conflist']);
    }
    expect(await cluster.up('--allow-network-change')).toContain('no change: ');
  });

  it('get another port of the backend one node after the other', async () => {
    await cluster.configure({
      network: 'flannel',
      networkOptions: { flannel_backend_port: '8473' },
      version,
    });
    expect(await cluster.up()).toContain('nodes get it one after another');
    const [first, second] = await flannelPods(kubectl);
    expect(second?.created).toBeGreaterThanOrEqual(first?.ready ?? NaN);
    // A pod of flannel has no readiness probe: it is Ready before it has made the link again.
    for (const node of cluster.nodes)
      await vi.waitFor(
        async () =>
          expect(await node.must(['ip', '-d', 'link', 'show', 'flannel.1']), node.hostname).toContain(
            'dstport 8473 ',
          ),
        { timeout: 60_000, interval: 1000 },
      );
    await vi.waitFor(async () => expectAllReach(kubectl, await webPods(kubectl)), {
      timeout: 60_000,
      interval: 1000,
    });
  });

  it('are as before when the cluster is removed', () => cluster.expectCleanRemoval());
});

const routesOfBird = (node: LabNode): Promise<string> => node.must(['ip', 'route', 'show', 'proto', 'bird']);

const podUids = (kubectl: Kubectl): Promise<string> =>
  kubectl(['get', 'pods', '-A', '-o', 'jsonpath={.items[*].metadata.uid}']);

/** When the pods of flannel were created and Ready, in milliseconds, the oldest first. */
async function flannelPods(
  kubectl: Kubectl,
): Promise<{ readonly created: number; readonly ready: number }[]> {
  const { items } = JSON.parse(
    await kubectl(['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=flannel', '-o', 'json']),
  ) as {
    items: {
      metadata: { creationTimestamp: string };
      status: { conditions: { type: string; status: string; lastTransitionTime: string }[] };
    }[];
  };
  return items
    .map(({ metadata, status }) => ({
      created: Date.parse(metadata.creationTimestamp),
      ready: Date.parse(
        status.conditions.find((one) => one.type === 'Ready' && one.status === 'True')?.lastTransitionTime ??
          '',
      ),
    }))
    .sort((one, other) => one.created - other.created);
}
