import { X509Certificate } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { calm } from './calm.js';
import { clusterImages } from './cluster-images.js';
import { hostOf, objectsOf, podsOf, writtenSince } from './cluster-look.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { leftByRke, recreateAsAdded, revive, rkeNodes, type Inspected } from './revive.js';
import { RkeFolder } from './rke.js';
import { settled } from './settled.js';

const leftText = (name: string): Promise<string> => readFile(new URL(name, leftByRke), 'utf8');

/** A running cluster created by RKE v1, with its cluster.yml and state, and nothing else. */
describe('a running cluster created by RKE v1', () => {
  let lab: Lab;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  const all = <T>(read: (node: LabNode) => Promise<T>): Promise<T[]> => Promise.all(lab.nodes.map(read));

  beforeAll(async () => {
    lab = await startLab({ nodes: rkeNodes, preload: clusterImages('v1.30.4') });
    folder = await RkeFolder.create(await leftText('cluster.yml'));
    for (const name of ['cluster.rkestate', 'kube_config_cluster.yml'])
      await folder.write(name, await leftText(name));
    await copyFile(lab.sshKeyPath, folder.file('node_id'));
    const revived = new Date();
    await revive(lab.nodes);
    kubectl = await kubectlOn(lab.nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
    await settled(kubectl, rkeNodes.length, revived);
    await calm(lab.nodes);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('runs in the containers of RKE v1', async () => {
    for (const node of lab.nodes) {
      const left = JSON.parse(await leftText(`inspect-${node.hostname}.json`)) as Inspected[];
      const names = left.map(({ Name }) => Name.slice(1));
      const running = JSON.parse(await node.must(['docker', 'inspect', ...names])) as Inspected[];
      expect(running.map(madeOf), node.hostname).toEqual(left.map(madeOf));
    }
  });

  it('is not touched, down to the last byte and object', async () => {
    const [before, pods, objects] = [await all(hostOf), await all(podsOf), await objectsOf(kubectl)];
    const started = new Date();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: 24 containers');
    expect(await all(hostOf)).toEqual(before);
    expect(await all(podsOf)).toEqual(pods);
    expect(await objectsOf(kubectl)).toEqual(objects);
    // It writes nothing but its lock.
    expect((await writtenSince(lab.nodes, started)).filter(notLock)).toEqual([]);
    for (const name of ['cluster.rkestate', 'kube_config_cluster.yml'])
      expect(await folder.read(name), name).toBe(await leftText(name));
  });

  it('is not touched by a cluster.yml with all the empty keys of rke config', async () => {
    const before = await all(hostOf);
    await folder.write(
      'cluster.yml',
      await readFile(new URL('../fixtures/takeover/three-in-full.yml', import.meta.url), 'utf8'),
    );
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: 24 containers');
    expect(await all(hostOf)).toEqual(before);
    expect(await folder.read('cluster.rkestate')).toBe(await leftText('cluster.rkestate'));
  });

  it('gets only the container replaced whose argument changed, on every node', async () => {
    const before = await all(hostOf);
    const changed = (await leftText('cluster.yml')).replace(
      '  kube-api:\n',
      '  kube-api:\n    extra_args: { v: "3" }\n',
    );
    await folder.write('cluster.yml', changed);
    const started = new Date();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    const after = await all(hostOf);
    expect(after.map(({ files }) => files)).toEqual(before.map(({ files }) => files));
    for (const [index, { containers }] of after.entries())
      expect(replaced(before[index]?.containers ?? [], containers)).toEqual(['kube-apiserver']);
    for (const node of lab.nodes)
      expect(
        await node.must(['docker', 'inspect', '-f', '{{join .Config.Entrypoint " "}}', 'kube-apiserver']),
      ).toContain(' --v=3');
    expect((await writtenSince(lab.nodes, started)).filter(notLock)).toEqual([
      'patch secrets full-cluster-state',
    ]);
  });

  it('keeps the CA and the certificates of RKE v1, and accepts its administrator', async () => {
    const [left, kept] = [
      stateOf(await leftText('cluster.rkestate')),
      stateOf(await folder.read('cluster.rkestate')),
    ];
    expect(authorityOf(kept)).toBe(authorityOf(left));
    expect(kept.currentState.certificatesBundle).toEqual(left.currentState.certificatesBundle);
    expect(kept.desiredState.certificatesBundle).toEqual(left.desiredState.certificatesBundle);
    const asAdmin = await kubectlOn(lab.nodes[2] as LabNode, folder.file('kube_config_cluster.yml'));
    expect(await asAdmin(['get', 'nodes', '--no-headers'])).toMatch(/^(node-[abc] +Ready .*\n?){3}$/);
  });

  it('is not touched if RKE v1 added one of its etcd members later', async () => {
    const node = lab.nodes[2] as LabNode;
    await recreateAsAdded(node);
    await vi.waitFor(
      async () =>
        expect((await node.exec(['docker', 'exec', 'etcd', 'etcdctl', 'endpoint', 'health'])).code).toBe(0),
      { timeout: 60_000, interval: 500 },
    );
    const command = ['docker', 'inspect', '-f', '{{json .Config.Cmd}}', 'etcd'];
    expect(await node.must(command)).toContain('--initial-cluster-state=existing');
    await calm(lab.nodes);
    const before = await all(hostOf);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: 24 containers');
    expect(await all(hostOf)).toEqual(before);
  });

  it('is not touched by another run', async () => {
    const before = await all(hostOf);
    const state = await folder.read('cluster.rkestate');
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: 24 containers');
    expect(await all(hostOf)).toEqual(before);
    expect(await folder.read('cluster.rkestate')).toBe(state);
  });
});

/** The definition of a container and its status; without the runtime, which is the lab's, and with one form of a missing entry point. */
function madeOf({ Name, Config, HostConfig, State }: Inspected): object {
  const Entrypoint = Config['Entrypoint'] ?? [];
  return { Name, ...Config, Entrypoint, ...HostConfig, Runtime: '', Running: State.Running };
}

const notLock = (write: string): boolean => !/^create leases $|^\w+ leases rke-lock$/.test(write);

const stateOf = (text: string): ClusterState => JSON.parse(text) as ClusterState;

/** Fingerprint of the CA of a cluster. */
function authorityOf({ currentState }: ClusterState): string {
  return new X509Certificate(currentState.certificatesBundle?.['kube-ca']?.certificatePEM ?? '')
    .fingerprint256;
}

/** The names of the containers that were replaced; one that only ended, and was restarted by Docker, keeps its id. */
function replaced(before: readonly string[], after: readonly string[]): string[] {
  const idOf = (line: string): string => line.split(' ').slice(0, 2).join(' ');
  const [old, now] = [before.map(idOf), after.map(idOf)];
  const lines = [...old.filter((line) => !now.includes(line)), ...now.filter((line) => !old.includes(line))];
  return [...new Set(lines.map((line) => line.split(' ')[0]?.slice(1) ?? ''))];
}
