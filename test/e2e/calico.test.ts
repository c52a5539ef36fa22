import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabNode } from '../lab/node.js';
import type { Kubectl } from './kubectl.js';
import { expectPolicyWorks } from './network-policy.js';
import { TwoNodes } from './two-nodes.js';
import { expectAllReach, startWeb, webPods } from './web-pods.js';

const version = 'v1.31.1-rancher1-1';

/**
 * Calico alone: BGP between the nodes, addresses from its own pools. In the lab its routes go without IP in IP.
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

  it('are as before when the cluster is removed', () => cluster.expectCleanRemoval());
});

const routesOfBird = (node: LabNode): Promise<string> => node.must(['ip', 'route', 'show', 'proto', 'bird']);
