import { afterEach, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import type { DockerVersion } from '../lab/settings.js';
import { calm } from './calm.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

/**
 * Newer Docker versions than the default of the lab. One of them is reached through the Docker CLI of the host, with an sshd that
 * does not forward to sockets and allows the default number of sessions per connection.
 */
describe.each([
  ['26.1', { isInCatalogue: true, forwards: false }],
  ['28.5', { isInCatalogue: false, forwards: true }],
] satisfies [DockerVersion, { isInCatalogue: boolean; forwards: boolean }][])(
  'a node with Docker %s',
  (docker, { isInCatalogue, forwards }) => {
    let lab: Lab;
    let folder: RkeFolder;
    afterEach(async () => {
      await lab.down();
      await folder[Symbol.asyncDispose]();
    });

    it('becomes a cluster that runs pods', async () => {
      lab = await startLab({ nodes: [{ hostname: 'solo' }], docker });
      folder = await RkeFolder.create(clusterYml(lab));
      if (!forwards) await forbidForwarding(lab.nodes[0] as LabNode);
      if (!isInCatalogue) {
        const refused = await folder.rke(['up']);
        expect(refused.code, refused.stderr).toBe(6);
        expect(refused.stderr).toContain('--ignore-docker-version');
      }
      const up = ['up', ...(isInCatalogue ? [] : ['--ignore-docker-version'])];
      const { code, stderr } = await folder.rke(up);
      expect(code, stderr).toBe(0);
      const node = lab.nodes[0] as LabNode;
      const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
      expect(await kubectl(['get', 'nodes', '-o', 'wide', '--no-headers'])).toMatch(
        new RegExp(`solo +Ready .* docker://${docker}`),
      );
      await kubectl(['apply', '-f', '-'], webManifest);
      await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
      expect(await kubectl(['exec', 'daemonset/web', '--', 'wget', '-qO-', 'http://web'])).toBe(
        'hello from solo',
      );
      await calm([node]);
      const again = await folder.rke(up);
      expect(again.stderr).toContain('no change: 8 containers');
    });
  },
);

async function forbidForwarding(node: LabNode): Promise<void> {
  await node.must(['sh', '-c', 'echo AllowStreamLocalForwarding no >> /etc/ssh/sshd_config']);
  await node.stopSsh();
  await node.startSsh();
  expect(await node.must(['sh', '-c', '/usr/sbin/sshd -T | grep -iE "streamlocal|maxsessions" | sort'])).toBe(
    'allowstreamlocalforwarding no\nmaxsessions 10\nstreamlocalbindmask 0177\nstreamlocalbindunlink no',
  );
}
