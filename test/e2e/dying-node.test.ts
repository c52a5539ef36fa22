import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

/** A node loses power while the cluster is created: the others are completed, and the next run completes it. */
describe('a node that dies during a run', () => {
  let lab: Lab;
  let folder: RkeFolder;
  let dying: LabNode;

  beforeAll(async () => {
    lab = await startLab({ nodes: ['one', 'two', 'three'].map((hostname) => ({ hostname })) });
    dying = lab.nodes[2] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('fails only its own operations, and is reported', async () => {
    const running = folder.rke(['up']);
    // Its etcd was started already: the others have a majority without it.
    while (!(await dying.dockerPs()).includes('etcd')) await sleep(200);
    await dying.kill();
    const { code, stderr } = await running;
    // The other two hosts are completed.
    expect(code, stderr).toBe(9);
    expect(stderr).toContain('SSH connection lost');
    const kubectl = await kubectlOn(lab.nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', '--raw', '/readyz'])).toBe('ok');
  });

  it('is completed by the next run', async () => {
    await dying.start();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    const kubectl = await kubectlOn(lab.nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/three\s+Ready/);
  });
});
