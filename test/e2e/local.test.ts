import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { makeRelease } from '../release/release.js';
import { ownTarget } from '../release/targets.js';
import { isOfCluster } from './two-nodes.js';

/** The executable alone on a machine with Docker, which has neither Node nor a login by SSH for it. */
describe('the executable with --local', () => {
  let lab: Lab;
  let node: LabNode;
  let before: HostSnapshot;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rke-release-'));
    try {
      lab = await startLab({ nodes: [{ hostname: 'laptop' }] });
      [node] = lab.nodes as unknown as [LabNode];
      await makeRelease(folder, [ownTarget()], () => undefined);
      await node.copy(join(folder, ownTarget().file), '/usr/local/bin/rke');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    before = await node.snapshot();
    await node.stopSsh();
  });
  afterAll(() => lab.down());

  /** Runs rke in the same empty directory, as root. */
  const rke = (...args: readonly string[]): Promise<string> =>
    node.must(['sh', '-c', 'mkdir -p ~/cluster && cd ~/cluster && exec rke "$@" 2>&1', 'rke', ...args]);

  it('makes a cluster of this machine', async () => {
    expect((await node.exec(['sh', '-c', 'command -v node'])).code).not.toBe(0);
    await rke('config', 'init', `root@${node.address}`);
    // The lab has no images of the default version.
    const toOther = 's/^kubernetes_version:.*/kubernetes_version: v1.31.1-rancher1-1/';
    await node.must(['sh', '-c', `sed -i '${toOther}' ~/cluster/cluster.yml`]);
    const output = await rke('up', '--local');
    expect(output).toContain('Finished building Kubernetes cluster successfully');
    expect(await rke('node', 'ls', '--local')).toMatch(/ v1\.31\.1 +yes /);
  });

  it('changes nothing the second time', async () => {
    expect(await rke('up', '--local')).toContain('no change: ');
  });

  it('removes it, after which the machine is as it was', async () => {
    expect(await rke('remove', '--local', '--force')).toContain('Cluster removed successfully');
    expect(diffSnapshots(before, await node.snapshot()).filter(isOfCluster)).toEqual([]);
  });
});
