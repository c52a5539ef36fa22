import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

/** etcd of a running cluster as another user, by one `rke up` each time. */
describe('the user as which etcd runs', () => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }] });
    node = lab.nodes[0] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab));
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  const more = (uid: number): string =>
    uid === 0 ? '' : `services: { etcd: { uid: ${uid}, gid: ${uid} } }\n`;
  const ids = async (): Promise<string> => node.must(['docker', 'ps', '-aq', '--no-trunc']);

  it.each([[52_034], [52_035], [0]])('becomes %i, and the data stays in place', async (uid) => {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    await kubectl(['create', 'configmap', `before-${uid}`]);
    await folder.write('cluster.yml', clusterYml(lab, { more: more(uid) }));
    // Components that lost etcd start again meanwhile, and are not waited for by the next run.
    const { code, stderr } = await folder.rke(['up', '--wait', 'all']);
    expect(code, stderr).toBe(0);
    const user = await node.must(['docker', 'inspect', '-f', '{{.Config.User}}', 'etcd']);
    expect(user.trim()).toBe(uid === 0 ? '' : `${uid}:${uid}`);
    const owners = await node.must(['find', '/var/lib/etcd', '-printf', '%U:%G\\n']);
    expect([...new Set(owners.trim().split('\n'))]).toEqual([`${uid}:${uid}`]);
    expect(await kubectl(['get', 'configmap', `before-${uid}`, '-o', 'name'])).toContain(`before-${uid}`);
    const before = await ids();
    expect((await folder.rke(['up'])).stderr).toContain('no change');
    expect(await ids()).toBe(before);
  });
});
