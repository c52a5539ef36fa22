import { readFile, rename, rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

/** Recovery of a cluster whose state file is lost. */
describe('a lost state file', () => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;
  let original: string;

  const readState = async (): Promise<ClusterState> =>
    JSON.parse(await readFile(folder.file('cluster.rkestate'), 'utf8')) as ClusterState;
  const fingerprint = ({ desiredState }: ClusterState): string =>
    new X509Certificate(desiredState.certificatesBundle?.['kube-ca']?.certificatePEM ?? '').fingerprint256;
  const containers = (): Promise<string> => node.must(['docker', 'ps', '-aq', '--no-trunc']);

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }] });
    node = lab.nodes[0] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab));
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    original = await readFile(folder.file('cluster.rkestate'), 'utf8');
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  const lose = async (): Promise<void> => {
    await rm(folder.file('cluster.rkestate'));
    for (const name of ['cluster.rkestate.bak', 'kube_config_cluster.yml'])
      await rm(folder.file(name), { force: true });
  };

  it('has a copy in the cluster, the same as in RKE v1', async () => {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    const secret = ['-n', 'kube-system', 'get', 'secret', 'full-cluster-state', '-o'];
    const data = await kubectl([...secret, 'jsonpath={.data.full-cluster-state}']);
    expect(JSON.parse(Buffer.from(data, 'base64').toString())).toEqual(JSON.parse(original));
    const version = await kubectl([...secret, 'jsonpath={.metadata.resourceVersion}']);
    expect((await folder.rke(['up'])).code).toBe(0);
    expect(await kubectl([...secret, 'jsonpath={.metadata.resourceVersion}'])).toBe(version);
  });

  it('is not replaced by a new CA', async () => {
    await lose();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('rke state recover');
    await expect(readFile(folder.file('cluster.rkestate'))).rejects.toThrow('ENOENT');
  });

  it('is recovered from the cluster byte for byte, and the next run changes nothing', async () => {
    const before = await containers();
    const { code, stderr } = await folder.rke(['state', 'recover']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('recovered from Secret kube-system/full-cluster-state');
    expect(await readFile(folder.file('cluster.rkestate'), 'utf8')).toBe(original);
    const up = await folder.rke(['up']);
    expect(up.code, up.stderr).toBe(0);
    expect(up.stderr).toContain('no change:');
    expect(await containers()).toBe(before);
  });

  it('is not needed for the kubeconfig, which can be written again, also merged into an existing file', async () => {
    const written = await readFile(folder.file('kube_config_cluster.yml'), 'utf8');
    const printed = await folder.rke(['kubeconfig']);
    expect([printed.code, printed.stdout, printed.stderr]).toEqual([0, `${written.trimEnd()}\n`, '']);
    await rm(folder.file('kube_config_cluster.yml'));
    expect((await folder.rke(['util', 'get-kubeconfig'])).code).toBe(0);
    expect(await readFile(folder.file('kube_config_cluster.yml'), 'utf8')).toBe(written);
    await folder.write('own', 'users: [{name: me, user: {token: abc}}]\n');
    const merge = ['kubeconfig', '--merge', '--context', 'lab', '--kubeconfig-file', 'own'];
    const merged = await folder.rke(merge);
    expect(merged.code, merged.stderr).toBe(0);
    expect(await readFile(folder.file('own'), 'utf8')).toContain('token: abc');
    const kubectl = await kubectlOn(node, folder.file('own'));
    expect(await kubectl(['get', 'nodes', '-o', 'name'])).toMatch(/^node\//);
    expect(await kubectl(['config', 'current-context'])).toBe('lab');
  });

  it('is recovered with only the kubeconfig, without SSH to any host', async () => {
    await folder.write('away.yml', clusterYml(lab).replaceAll('user:', 'port: 1, user:'));
    await folder.write(
      'kube_config_away.yml',
      await readFile(folder.file('kube_config_cluster.yml'), 'utf8'),
    );
    const { code, stderr } = await folder.rke(['util', 'get-state-file', '--config', 'away.yml']);
    expect(code, stderr).toBe(0);
    expect(await readFile(folder.file('away.rkestate'), 'utf8')).toBe(original);
  });

  it('has its cluster.yml in the cluster, too: a file made from it changes nothing', async () => {
    const made = [
      'config',
      '--from-cluster',
      '--kubeconfig',
      'kube_config_cluster.yml',
      '--name',
      'made.yml',
    ];
    const { code, stderr } = await folder.rke(made);
    expect(code, stderr).toBe(0);
    expect((await folder.rke(made)).code).toBe(2);
    const recovered = await folder.rke(['state', 'recover', '--config', 'made.yml']);
    expect(recovered.code, recovered.stderr).toBe(0);
    const plan = await folder.rke(['plan', '--detailed-exitcode', '--config', 'made.yml']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
  });

  it('is not replaced without --force', async () => {
    const { code, stderr } = await folder.rke(['util', 'get-state-file']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('--force');
  });

  it('is recovered from the hosts with the same CA while the API is down', async () => {
    const before = await readState();
    await lose();
    await node.must(['docker', 'stop', 'kube-apiserver']);
    const { code, stderr } = await folder.rke(['state', 'recover']);
    await node.must(['docker', 'start', 'kube-apiserver']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('recovered from the certificates on');
    expect(stderr).toContain('kube-admin: reissued, because no host has it');
    const after = await readState();
    expect(fingerprint(after)).toBe(fingerprint(before));
    const withoutAdmin = ({ desiredState }: ClusterState): object => ({
      ...desiredState.certificatesBundle,
      'kube-admin': undefined,
    });
    expect(withoutAdmin(after)).toEqual(withoutAdmin(before));
  });

  it('is recovered so that the next run changes only the copy of the state', async () => {
    const before = await containers();
    await expect
      .poll(async () => (await folder.rke(['up', '--log-format', 'plain'])).stderr, { timeout: 120_000 })
      .toContain('no change:');
    expect(await containers()).toBe(before);
    await rename(folder.file('cluster.rkestate'), folder.file('kept'));
    const { code, stderr } = await folder.rke(['state', 'recover', '--from', 'cluster']);
    expect(code, stderr).toBe(0);
    expect(await readFile(folder.file('cluster.rkestate'), 'utf8')).toBe(
      await readFile(folder.file('kept'), 'utf8'),
    );
  });
});
