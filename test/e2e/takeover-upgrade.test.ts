import { copyFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterImages } from './cluster-images.js';
import { hostOf } from './cluster-look.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { canalNodes, leftWithCanal, revive } from './revive.js';
import { RkeFolder } from './rke.js';
import { settled } from './settled.js';
import { expectAllReach, startWeb, webPods } from './web-pods.js';

const leftText = (name: string): Promise<string> => readFile(new URL(name, leftWithCanal), 'utf8');

/** A running cluster that RKE v1 created with its default add-ons: it is taken over and upgraded by one minor version. */
describe('a cluster created by RKE v1 with canal and ingress-nginx', () => {
  let lab: Lab;
  /** The hosts that RKE v1 set up, and one more. */
  let taken: readonly LabNode[];
  let spare: LabNode;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  /** Again after the kubelet's container, which has kubectl, was replaced. */
  const connect = async (): Promise<void> => {
    kubectl = await kubectlOn(taken[0] as LabNode, folder.file('kube_config_cluster.yml'));
  };

  beforeAll(async () => {
    lab = await startLab({
      nodes: [...canalNodes, { hostname: 'cn3' }],
      preload: clusterImages('v1.30.4', 'canal'),
    });
    taken = lab.nodes.slice(0, canalNodes.length);
    spare = lab.nodes.at(-1) as LabNode;
    folder = await RkeFolder.create(await leftText('cluster.yml'));
    for (const name of ['cluster.rkestate', 'kube_config_cluster.yml'])
      await folder.write(name, await leftText(name));
    await copyFile(lab.sshKeyPath, folder.file('node_id'));
    const revived = new Date();
    await revive(taken, leftWithCanal);
    await connect();
    await settled(kubectl, canalNodes.length, revived);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is not touched when it is taken over', async () => {
    const before = await Promise.all(taken.map(hostOf));
    const uids = await uidsOf(kubectl);
    // The snapshot is of a cluster without the image of ingress-nginx. It starts now, and to wait for it is an operation.
    const { code, stderr } = await folder.rke(['up', '--wait', 'none']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: ');
    expect(await Promise.all(taken.map(hostOf))).toEqual(before);
    expect(await uidsOf(kubectl)).toEqual(uids);
  });

  it('gets a worker and loses it again, and the other hosts are not touched', async () => {
    const before = await Promise.all(taken.map(hostOf));
    const nodeNames = async (): Promise<string[]> =>
      (await kubectl(['get', 'nodes', '-o', 'name'])).trim().split('\n').sort();
    const added = await folder.rke([
      ...['node', 'add', spare.address, '--role', 'worker', '--name', 'node-f', '--user', spare.user],
      ...['--wait', 'none'],
    ]);
    expect(added.code, added.stderr).toBe(0);
    expect(await nodeNames()).toEqual(['node/node-d', 'node/node-e', 'node/node-f']);
    expect(await Promise.all(taken.map(hostOf))).toEqual(before);

    const removed = await folder.rke(['node', 'remove', 'node-f', '--yes', '--wait', 'none']);
    expect(removed.code, removed.stderr).toBe(0);
    expect(await nodeNames()).toEqual(['node/node-d', 'node/node-e']);
    expect(await spare.dockerPs()).toEqual([]);
    expect(await Promise.all(taken.map(hostOf))).toEqual(before);
  });

  it('is upgraded to the next minor version, and every object of its add-ons keeps its UID', async () => {
    await startWeb(kubectl);
    const before = await uidsOf(kubectl);
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining([
        'DaemonSet kube-system/canal',
        'DaemonSet ingress-nginx/nginx-ingress-controller',
        'Deployment kube-system/calico-kube-controllers',
        'CustomResourceDefinition /ippools.crd.projectcalico.org',
        'ValidatingWebhookConfiguration /ingress-nginx-admission',
      ]),
    );
    await folder.write(
      'cluster.yml',
      (await leftText('cluster.yml')).replace('v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'),
    );
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    await connect();
    const after = await uidsOf(kubectl);
    const isKept = (name: string): boolean => !isManifest(name);
    expect(after).toMatchObject(keep(before, isKept));
    expect(Object.keys(keep(before, isManifest))).toHaveLength(4);
    expect(keep(after, isManifest)).toEqual({});
    const versions = '{range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion}{"\\n"}{end}';
    expect((await kubectl(['get', 'nodes', '-o', `jsonpath=${versions}`])).trim().split('\n')).toEqual([
      'node-d v1.31.1',
      'node-e v1.31.1',
    ]);
    const image = 'jsonpath={.spec.template.spec.containers[0].image}';
    expect(await kubectl(['get', 'daemonset', '-n', 'kube-system', 'canal', '-o', image])).toBe(
      'rancher/mirrored-calico-node:v3.28.0',
    );
  });

  it('has a network across nodes after the upgrade', async () => {
    await kubectl(['rollout', 'status', 'daemonset/canal', '-n', 'kube-system', '--timeout=120s']);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    await expectAllReach(kubectl, await webPods(kubectl));
  });
});

/** Kinds of the objects of add-ons. Jobs are left out: RKE v1 and rke delete them before they run again. */
const kinds = [
  ...['daemonsets', 'deployments', 'services', 'serviceaccounts', 'configmaps', 'namespaces', 'roles'],
  ...['rolebindings', 'clusterroles', 'clusterrolebindings', 'customresourcedefinitions', 'ingressclasses'],
  ...[
    'validatingwebhookconfigurations',
    'apiservices',
    'poddisruptionbudgets',
    'ippools',
    'felixconfigurations',
  ],
];

/** UIDs by `Kind namespace/name`. */
async function uidsOf(kubectl: Kubectl): Promise<Uids> {
  const fields = '{.kind} {.metadata.namespace}/{.metadata.name}={.metadata.uid}';
  const listed = await kubectl([
    ...['get', kinds.join(','), '-A', '-o', `jsonpath={range .items[*]}${fields}{"\\n"}{end}`],
  ]);
  const entries = listed
    .trim()
    .split('\n')
    .map((line) => line.split('='));
  return Object.fromEntries(entries) as Uids;
}

type Uids = Readonly<Record<string, string>>;

const keep = (uids: Uids, isWanted: (name: string) => boolean): Uids =>
  Object.fromEntries(Object.entries(uids).filter(([name]) => isWanted(name)));

/**
 * True for a manifest that RKE v1 stored for its Job. It goes when rke applies the add-on: RKE v1 takes an add-on whose stored manifest
 * is the same for unchanged.
 */
const isManifest = (name: string): boolean =>
  /^ConfigMap kube-system\/rke-(network-plugin|ingress-controller|(coredns|metrics)-addon)$/.test(name);
