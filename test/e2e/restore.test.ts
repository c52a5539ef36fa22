import { copyFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { clusterYml, type Role } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { leftByRke } from './revive.js';
import { RkeFolder, type RkeRun } from './rke.js';

const version = 'v1.30.4-rancher1-1';
const more =
  'services: { kube-api: { secrets_encryption_config: { enabled: true } }, etcd: { snapshot: false } }\n';
const archives = '/opt/rke/etcd-snapshots';

/** What a restore must not change: UID and resourceVersion of each object. */
const identities = (kubectl: Kubectl, kinds: string): Promise<string> =>
  kubectl([
    ...['get', kinds, '-A', '-o'],
    'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{"\\n"}{end}',
  ]);

describe('a cluster is restored from a snapshot', () => {
  let lab: Lab;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  let saved: { readonly namespaces: string; readonly uids: string };
  let [one, two, three, other, old] = [] as unknown as [LabNode, LabNode, LabNode, LabNode, LabNode];

  /** Three members need no more than one control plane. */
  const roles = ({ hostname }: LabNode): readonly Role[] =>
    hostname === 'two' || hostname === 'three' ? ['etcd', 'worker'] : ['controlplane', 'etcd', 'worker'];
  const use = (...nodes: readonly LabNode[]): Promise<void> =>
    folder.write('cluster.yml', clusterYml(lab, { version, nodes, roles, more }));
  const succeed = async (...args: readonly string[]): Promise<RkeRun> => {
    const run = await folder.rke(args);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    return run;
  };
  const restore = (...args: readonly string[]): Promise<RkeRun> =>
    succeed('etcd', 'snapshot-restore', '--yes', ...args);
  const uids = async (): Promise<string> => (await identities(kubectl, 'nodes')).replaceAll(/ \d+$/gm, '');
  const word = async (): Promise<string> =>
    Buffer.from(
      await kubectl(['get', 'secret', 'probe', '-o', 'jsonpath={.data.word}']),
      'base64',
    ).toString();
  const members = async (on: LabNode): Promise<string[]> => {
    const listed = await on.must(['docker', 'exec', 'etcd', 'etcdctl', 'member', 'list']);
    return listed
      .split('\n')
      .map((line) => line.split(', ').slice(1, 3).join(' '))
      .sort();
  };
  const destroy = async (...nodes: readonly LabNode[]): Promise<void> => {
    for (const node of nodes) {
      await node.must(['docker', 'rm', '-f', 'etcd']);
      await node.must(['rm', '-rf', '/var/lib/etcd']);
    }
  };
  const expectPods = async (): Promise<void> => {
    const notRunning = async (): Promise<string[]> =>
      (await kubectl(['get', 'pods', '-A', '--no-headers']))
        .split('\n')
        .filter((line) => line !== '' && !/ Running | Completed /.test(line));
    await expect.poll(notRunning, { timeout: 90_000, interval: 1000 }).toEqual([]);
  };

  beforeAll(async () => {
    const hostnames = ['one', 'two', 'three', 'other', 'old'];
    lab = await startLab({
      nodes: hostnames.map((hostname) => ({ hostname })),
      preload: clusterImages('v1.30.4'),
    });
    [one, two, three, other, old] = lab.nodes as unknown as [LabNode, LabNode, LabNode, LabNode, LabNode];
    folder = await RkeFolder.create('');
    await use(one, two, three);
    await succeed('up');
    kubectl = await kubectlOn(one, folder.file('kube_config_cluster.yml'));
    await kubectl(['create', 'namespace', 'before']);
    await kubectl(['create', 'secret', 'generic', 'probe', '--from-literal=word=sesame']);
    await succeed('etcd', 'snapshot-save', '--name', 'kept');
    saved = { namespaces: await identities(kubectl, 'namespaces'), uids: await uids() };
    await kubectl(['create', 'namespace', 'after']);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('refuses a name that no host has, and names the nearest', async () => {
    const { code, stderr } = await folder.rke(['etcd', 'snapshot-restore', '--yes', '--name', 'ketp']);
    expect(code, stderr).toBe(8);
    expect(stderr).toContain('did you mean "kept"?');
  });

  it('has lost the data of all members and the state, and gets three members again', async () => {
    await destroy(one, two, three);
    await rm(folder.file('cluster.rkestate'));
    await restore('--name', 'kept');
    expect(await members(two)).toEqual(['started etcd-one', 'started etcd-three', 'started etcd-two']);
    expect(await identities(kubectl, 'namespaces')).toBe(saved.namespaces);
    expect(await uids()).toBe(saved.uids);
    expect(await word()).toBe('sesame');
    await expectPods();
    const plan = await folder.rke(['plan', '--detailed-exitcode']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
  });

  it('is restored to a new host, with nothing left but the archive and cluster.yml', async () => {
    const archive = await one.must(['base64', '-w0', `${archives}/kept.zip`]);
    for (const node of [one, two, three]) await node.stop();
    await rm(folder.file('cluster.rkestate'));
    await writeFile(folder.file('copy.zip'), Buffer.from(archive, 'base64'));
    await use(other);

    await restore('--name', 'kept', '--file', 'copy.zip');
    kubectl = await kubectlOn(other, folder.file('kube_config_cluster.yml'));
    expect(await identities(kubectl, 'namespaces')).toBe(saved.namespaces);
    expect(await word()).toBe('sesame');
    expect(await kubectl(['get', 'nodes', '-o', 'name'])).toBe('node/other');
    await expectPods();
  });

  it('is one of RKE v1, of three hosts, and is restored to one', async () => {
    await copyFile(new URL('snap1.zip', leftByRke), folder.file('snap1.zip'));
    await folder.write('cluster.yml', clusterYml(lab, { version, nodes: [old], more }));
    const refused = await folder.rke([
      'etcd',
      'snapshot-restore',
      '--yes',
      '--name',
      'snap1',
      '--file',
      'snap1.zip',
    ]);
    expect(refused.code, refused.stderr).toBe(8);
    expect(refused.stderr).toContain('the snapshot is of another cluster');

    await rm(folder.file('cluster.rkestate'));
    await restore('--name', 'snap1');
    kubectl = await kubectlOn(old, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '-o', 'name'])).toBe('node/old');
    await expectPods();
  });
});
