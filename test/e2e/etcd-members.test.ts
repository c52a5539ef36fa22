import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { clusterYml, type Role } from './cluster-yml.js';
import { cut, operation } from './cut.js';
import { startWriter, type Writer } from './etcd-writer.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

const run = promisify(execFile);
const allThree = ['etcd-one', 'etcd-three', 'etcd-two'].map((name) => `${name} started false`);
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

  const nodeNames = async (): Promise<string[]> => {
    const kubectl = await kubectlOn(one, folder.file('kube_config_cluster.yml'));
    return (await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ').sort();
  };

  /** Runs a subcommand of `rke etcd`, with its output as JSON. */
  const care = async (
    ...args: readonly string[]
  ): Promise<{ code: number | null; json: Record<string, unknown>; stderr: string }> => {
    const { code, stdout, stderr } = await folder.rke(['etcd', ...args, '-o', 'json']);
    return { code, json: JSON.parse(stdout || '{}') as Record<string, unknown>, stderr };
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
    const killed = await cut(
      folder,
      ['up'],
      'SIGKILL',
      operation('started', `promote-member@${two.address}`),
    );
    expect(killed.isCut, killed.stderr).toBe(true);
    expect((await members())[0]).toBe('etcd-one started false');

    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(await members()).toEqual(allThree);
  });

  it('gives kube-apiserver all members, and finds nothing to do then', async () => {
    const flags = await one.must(['docker', 'inspect', '-f', '{{.Args}}', 'kube-apiserver']);
    expect(flags).toContain(
      `--etcd-servers=${[one, two, three].map(({ address }) => `https://${address}:2379`).join(',')}`,
    );
    const { code, stdout, stderr } = await folder.rke(['plan', '--detailed-exitcode']);
    expect(code, stdout + stderr).toBe(0);
  });

  it('stops while a member cannot be reached, continues with --ignore-unreachable, and removes nothing', async () => {
    await three.stop();
    const stopped = await folder.rke(['up', '--yes']);
    expect(stopped.code, stopped.stderr).toBe(5);
    expect(stopped.stderr).toContain(three.address);
    expect(await members()).toEqual(allThree);

    const { code, stderr } = await folder.rke(['up', '--yes', '--ignore-unreachable']);
    expect(code, stderr).toBe(9);
    expect(await members()).toEqual(allThree);
    expect(await nodeNames()).toEqual(['one', 'three', 'two']);
    await three.start();
  });

  it('stops if the SSH user is wrong on all hosts, and removes nothing', async () => {
    const file = await folder.read('cluster.yml');
    await folder.write('cluster.yml', file.replaceAll(`user: ${one.user}`, 'user: nobody'));
    for (const flags of [[], ['--ignore-unreachable']]) {
      const { code, stderr } = await folder.rke(['up', '--yes', ...flags]);
      expect(code, stderr).toBe(5);
      expect(stderr).toContain('SSH authentication failed for user "nobody"');
    }
    await folder.write('cluster.yml', file);
    expect(await members()).toEqual(allThree);
    expect(await nodeNames()).toEqual(['one', 'three', 'two']);
  });

  it('stops at the host key of a host that was reinstalled, then at its lost data', async () => {
    await three.reinstall();
    const unknown = await folder.rke(['up', '--yes']);
    expect(unknown.code, unknown.stderr).toBe(5);
    expect(unknown.stderr).toContain('the host key has changed');

    const [, name = '', knownHosts = ''] = /ssh-keygen -R '([^']+)' -f (\S+);/.exec(unknown.stderr) ?? [];
    await run('ssh-keygen', ['-R', name, '-f', knownHosts]);
    const empty = await folder.rke(['up', '--yes']);
    expect(empty.code, empty.stderr).toBe(8);
    expect(empty.stderr).toContain('is an etcd member, but /var/lib/etcd has no data (was it reinstalled?)');
    expect(empty.stderr).toContain(`rke node remove ${three.address}`);
    expect(await members()).toEqual(allThree);
  });

  it('gets the reinstalled host back with rke node remove --force and rke up', async () => {
    const removed = await folder.rke(['node', 'remove', three.address, '--force', '--yes']);
    expect(removed.code, removed.stderr).toBe(0);
    expect(await members()).toEqual(['etcd-one started false', 'etcd-two started false']);
    expect(await nodeNames()).toEqual(['one', 'two']);

    await use(one, two, three);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(await members()).toEqual(allThree);
    expect(await nodeNames()).toEqual(['one', 'three', 'two']);
  });

  it('checks, lists and deletes snapshots, and defragments the members, the leader last', async () => {
    expect((await folder.rke(['etcd', 'snapshot-save', '--name', 'lab-one'])).code).toBe(0);
    const report = await care('status');
    expect(report).toMatchObject({ code: 0, json: { hasQuorum: true, voters: 3, problems: [] } });
    const listed = await care('ls');
    const copy = { host: one.address, verified: expect.any(String) as string };
    expect(listed.json['snapshots']).toMatchObject([
      { name: 'lab-one', kind: 'single', verified: true, kubernetesVersion: version, copies: [copy, {}, {}] },
    ]);
    expect((await care('verify', 'lab-one')).code).toBe(0);
    const archive = '/opt/rke/etcd-snapshots/lab-one.zip';
    await two.must(['sh', '-c', `printf x | dd of=${archive} bs=1 seek=9000 conv=notrunc`]);
    const damaged = await care('verify', 'lab-one');
    expect(damaged.code).toBe(8);
    expect(damaged.json['errors']).toMatchObject([{ host: two.address, code: 'SNAPSHOT_INVALID' }]);
    expect(damaged.json['verified']).toHaveLength(2);

    expect((await folder.rke(['etcd', 'delete', 'lab-noe', '--yes'])).stderr).toContain(
      'did you mean "lab-one"',
    );
    expect((await folder.rke(['etcd', 'delete', 'lab-one'])).code).toBe(2);
    expect((await care('prune', '--keep-single', '1', '--yes')).json['deleted']).toEqual([]);
    expect((await care('delete', 'lab-one', '--yes')).code).toBe(0);
    expect((await care('ls')).json['snapshots']).toEqual([]);

    const members = report.json['members'] as { name: string; state: string; dbBytes: number }[];
    const leader = members.find(({ state }) => state === 'leader')?.name;
    const defragmented = await care('defrag');
    expect(defragmented.code, defragmented.stderr).toBe(0);
    expect((defragmented.json['members'] as string[]).at(-1)).toBe(leader);
    expect((await care('status')).code).toBe(0);
  });

  it('recovers a lost majority from the member that is left, and takes lost hosts back without their data', async () => {
    const refused = await care('recover-quorum', '--yes');
    expect([refused.code, refused.stderr]).toEqual([8, expect.stringContaining('etcd has its majority')]);

    await Promise.all([two.kill(), three.kill()]);
    const stateOfOne = async (): Promise<unknown> => {
      const { json } = await care('status');
      return (json['members'] as { state: string }[])[0]?.state;
    };
    await expect.poll(stateOfOne, { timeout: 120_000, interval: 1000 }).toBe('no-leader');
    const recovered = await care('recover-quorum', '--yes');
    expect(recovered.code, recovered.stderr).toBe(0);
    expect(recovered.json).toMatchObject({ survivor: 'etcd-one', unreached: ['etcd-two', 'etcd-three'] });
    expect(await members()).toEqual(['etcd-one started false']);
    const flags = await one.must(['docker', 'inspect', '-f', '{{.Args}}', 'kube-apiserver']);
    expect(flags).toMatch(new RegExp(`--etcd-servers=https://${one.address}:2379[ \\]]`));

    // They learn from the survivor that they were removed, so their etcd ends again and again.
    await Promise.all([two.start(), three.start()]);
    expect(String((await care('status')).json['problems'])).toContain('etcd-two: cluster.yml has the member');
    const plan = await folder.rke(['plan']);
    expect([plan.code, plan.stderr]).toEqual([8, expect.stringContaining('recover-quorum')]);
    const again = await care('recover-quorum', '--yes');
    expect(again.code, again.stderr).toBe(0);
    expect(again.json).toMatchObject({
      setAside: [two.address, three.address],
      joined: ['etcd-two', 'etcd-three'],
    });
    expect((await members()).every((member) => member.endsWith('started false'))).toBe(true);
    const up = await folder.rke(['up']);
    expect(up.code, up.stderr).toBe(0);
    expect((await care('status')).json['problems']).toEqual([]);
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
