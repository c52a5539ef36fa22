import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { clusterYml, type Role } from './cluster-yml.js';
import { cut, operation } from './cut.js';
import { startWriter, type Writer } from './etcd-writer.js';
import { RkeFolder } from './rke.js';

const version = 'v1.30.4-rancher1-1';

/** The first node has all roles, the others are members of etcd alone. */
const roleOf = ({ hostname }: LabNode): readonly Role[] =>
  hostname === 'one' ? ['controlplane', 'etcd', 'worker'] : ['etcd'];

describe('etcd grows from one member to three and shrinks back, under a writer', () => {
  let lab: Lab;
  let folder: RkeFolder;
  let writer: Writer;
  let [one, two, three] = [] as unknown as [LabNode, LabNode, LabNode];

  const use = (...nodes: readonly LabNode[]): Promise<void> =>
    folder.write('cluster.yml', clusterYml(lab, { version, nodes, roles: roleOf }));
  /** Name, state and whether it is a learner of each member. */
  const members = async (): Promise<string[]> => {
    const listed = await one.must(['docker', 'exec', 'etcd', 'etcdctl', 'member', 'list']);
    return listed
      .split('\n')
      .map((line) => line.split(', '))
      .map(([, state = '', name = '', , , isLearner = '']) => `${name} ${state} ${isLearner}`)
      .sort();
  };

  beforeAll(async () => {
    const hostnames = ['one', 'two', 'three'];
    lab = await startLab({
      nodes: hostnames.map((hostname) => ({ hostname })),
      preload: clusterImages('v1.30.4'),
    });
    [one, two, three] = lab.nodes as unknown as [LabNode, LabNode, LabNode];
    folder = await RkeFolder.create('');
    await use(one);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    writer = await startWriter(one);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('plans the members one after the other, and reads only', async () => {
    await use(one, two, three);
    const { code, stdout, stderr } = await folder.rke(['plan', '--detailed-exitcode']);
    expect(code, stderr).toBe(10);
    expect(stdout).toMatch(/2 nodes: two, three +etcd/);
    expect(stdout).toContain('1 etcd member to add');
    expect(await members()).toEqual(['etcd-one started false']);
  });

  it('continues a join that was killed before the member was promoted', async () => {
    const run = await cut(folder, ['up'], 'SIGKILL', operation('started', `promote-member@${two.address}`));
    expect(run.isCut, run.stderr).toBe(true);
    expect((await members())[0]).toBe('etcd-one started false');

    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(await members()).toEqual([
      'etcd-one started false',
      'etcd-three started false',
      'etcd-two started false',
    ]);
  });

  it('gives kube-apiserver all members, and finds nothing to do then', async () => {
    const flags = await one.must(['docker', 'inspect', '-f', '{{.Args}}', 'kube-apiserver']);
    expect(flags).toContain(
      `--etcd-servers=${[one, two, three].map(({ address }) => `https://${address}:2379`).join(',')}`,
    );
    const { code, stdout, stderr } = await folder.rke(['plan', '--detailed-exitcode']);
    expect(code, stdout + stderr).toBe(0);
  });

  it('removes two members one after the other, and cleans their hosts', async () => {
    await use(one);
    const refused = await folder.rke(['up']);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain('the etcd member is removed for good');

    const { code, stderr } = await folder.rke(['up', '--yes']);
    expect(code, stderr).toBe(0);
    expect(await members()).toEqual(['etcd-one started false']);
    for (const node of [two, three]) expect(await node.dockerPs()).toEqual([]);
    // Components that lost their leases while the API restarted are waited for, and nothing else.
    expect((await folder.rke(['up'])).code).toBe(0);
    const again = await folder.rke(['plan', '--detailed-exitcode']);
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  it('has lost no write that was acknowledged', async () => {
    const { acknowledged, lost } = await writer.stop();
    expect(acknowledged).toBeGreaterThan(100);
    expect(lost).toEqual([]);
  });
});
