import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

const quotaMebibytes = 32;

/** etcd of a running cluster as another user, by one `rke up` each time; then with a full database. */
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

  /** Root again comes with a small quota, for the last test. */
  const more = (uid: number): string => {
    const etcd =
      uid === 0
        ? `extra_args: { quota-backend-bytes: "${quotaMebibytes * 2 ** 20}" }`
        : `uid: ${uid}, gid: ${uid}`;
    return `services: { etcd: { ${etcd} } }\n`;
  };
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

  it('has a database that is full, which is reported, and accepts writes again after a defragmentation', async () => {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    const put = 'head -c 786432 /dev/urandom | base64 -w0 | docker exec -i etcd etcdctl put "/full/$i"';
    const fill = `for i in $(seq ${2 * quotaMebibytes}); do ${put} >/dev/null 2>&1 || exit 0; done; exit 1`;
    await node.must(['sh', '-c', fill]);
    await expect(kubectl(['create', 'configmap', 'refused'])).rejects.toThrow('database space exceeded');
    const status = async (): Promise<{ code: number | null; alarms: readonly string[] }> => {
      const { code, stdout } = await folder.rke(['etcd', 'status', '-o', 'json']);
      const { members } = JSON.parse(stdout) as { members: { alarms: string[] }[] };
      return { code, alarms: members.flatMap(({ alarms }) => alarms) };
    };
    expect(await status()).toEqual({ code: 8, alarms: ['NOSPACE'] });

    await node.must(['docker', 'exec', 'etcd', 'etcdctl', 'del', '--prefix', '/full/']);
    const { code, stderr } = await folder.rke(['etcd', 'defrag']);
    expect(code, stderr).toBe(0);
    expect(await status()).toEqual({ code: 0, alarms: [] });
    await kubectl(['create', 'configmap', 'accepted']);
  });
});
