import { copyFile, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { clusterYml } from './cluster-yml.js';
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

  const use = (...nodes: readonly LabNode[]): Promise<void> =>
    folder.write('cluster.yml', clusterYml(lab, { version, nodes, more }));
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
  const expectPods = (): Promise<void> =>
    expect
      .poll(
        async () =>
          (await kubectl(['get', 'pods', '-A', '--no-headers']))
            .split('\n')
            .filter((line) => line !== '' && !/ Running | Completed /.test(line)),
        { timeout: 90_000, interval: 1000 },
      )
      .toEqual([]) as unknown as Promise<void>;

  beforeAll(async () => {
    const hostnames = ['one', 'two', 'three', 'other', 'old'];
    lab = await startLab({
      nodes: hostnames.map((hostname) => ({ hostname })),
      preload: clusterImages('v1.30.4'),
    });
    [one, two, three, other, old] = lab.nodes as unknown as [LabNode, LabNode, LabNode, LabNode, LabNode];
    folder = await RkeFolder.create('');
    await use(one);
    await succeed('up');
    kubectl = await kubectlOn(one, folder.file('kube_config_cluster.yml'));
    await kubectl(['create', 'namespace', 'before']);
    await kubectl(['create', 'secret', 'generic', 'probe', '--from-literal=word=sesame']);
    await succeed('etcd', 'snapshot-save', '--name', 'first');
    saved = { namespaces: await identities(kubectl, 'namespaces'), uids: await uids() };
    await kubectl(['create', 'namespace', 'after']);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('refuses a name that no host has, and names the nearest', async () => {
    const { code, stderr } = await folder.rke(['etcd', 'snapshot-restore', '--yes', '--name', 'frist']);
    expect(code, stderr).toBe(8);
    expect(stderr).toContain('did you mean "first"?');
  });

  it('has lost the data of etcd and the state, and comes back on its host', async () => {
    await destroy(one);
    await rm(folder.file('cluster.rkestate'));
    const { stderr, seconds } = await restore('--name', 'first');
    console.log(`restore on one host: ${seconds.toFixed(1)} s\n${stderr}`);
    expect(await identities(kubectl, 'namespaces')).toBe(saved.namespaces);
    expect(await uids()).toBe(saved.uids);
    expect(await word()).toBe('sesame');
    await expectPods();
    await succeed('up');
  });
});
void [copyFile, readFile, leftByRke, archives];
export type { ClusterState };
