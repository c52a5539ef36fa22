import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { certificatePath, keyPath } from '../../src/pki/required/certificate-paths.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { reconcileCertificates } from '../../src/pki/issue/reconcile-certificates.js';
import { listRotatedNames } from '../../src/pki/issue/rotation.js';
import { createFileStore } from '../../src/state/file-store.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { RkeFolder } from './rke.js';

const components = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];
const tenYears = 3650 * 86_400_000;

/** A cluster whose certificates have expired, and its repair. */
describe('the certificates of a cluster', () => {
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

  const bundle = async (): Promise<CertificateBundle> =>
    (await createFileStore(folder.file('cluster.rkestate')).load())?.desiredState.certificatesBundle ?? {};

  /** When each component was last started. */
  async function starts(): Promise<Record<string, string>> {
    const format = '{{.Name}} {{.State.StartedAt}}';
    const lines = await node.must(['docker', 'inspect', '-f', format, ...components]);
    return Object.fromEntries(
      lines
        .trim()
        .split('\n')
        .map((line) => line.replace('/', '').split(' ') as [string, string]),
    );
  }

  async function readyNode(): Promise<string | undefined> {
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    return (await kubectl(['get', 'nodes', '--no-headers'])).split(/\s+/)[1];
  }

  /**
   * The next run restarts nothing. Components that crashed without valid certificates may have recovered only now: that run
   * waits until they stay up, and the run after it has nothing to do at all.
   */
  async function hasNothingLeft(): Promise<void> {
    const before = await starts();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(await starts()).toEqual(before);
    expect((await folder.rke(['up'])).stderr).toContain('no change: ');
  }

  it('are complete and valid for years, in the state and on the host', async () => {
    const { code, stdout, stderr } = await folder.rke(['cert', 'status', '-o', 'json']);
    expect(code, stderr).toBe(0);
    const { certificates, hosts } = JSON.parse(stdout) as {
      certificates: { daysLeft: number }[];
      hosts: { certificates: { match: string }[] }[];
    };
    expect(certificates.every(({ daysLeft }) => daysLeft > 3600)).toBe(true);
    expect(new Set(hosts.flatMap((host) => host.certificates.map(({ match }) => match)))).toEqual(
      new Set(['same']),
    );
  });

  it('are reported if they have expired, and rotated while the API is down', async () => {
    await expire();
    await node.must(['docker', 'restart', '-t', '5', 'etcd', 'kubelet', 'kube-controller-manager']);
    await node.must(['docker', 'stop', '-t', '5', 'kube-apiserver']);
    const told = await folder.rke(['cert', 'status']);
    expect(told.code).toBe(10);
    expect(told.stdout).toMatch(/^kube-apiserver .* -1 expired/m);
    expect(told.stdout).toMatch(new RegExp(`^${node.address} +kube-node +expired on `, 'm'));

    const { code, stderr } = await folder.rke(['cert', 'rotate']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('has new certificates');
    expect(await readyNode()).toBe('Ready');
    expect((await folder.rke(['cert', 'status'])).code).toBe(0);
    await hasNothingLeft();
  });

  it('are rotated for one service without restarting what does not read them', async () => {
    const before = await starts();
    const old = await bundle();
    const { code, stderr } = await folder.rke(['cert', 'rotate', '--service', 'kube-proxy']);
    expect(code, stderr).toBe(0);
    const after = await starts();
    expect(components.filter((name) => after[name] !== before[name])).toEqual(['kube-proxy']);
    const fresh = await bundle();
    const changed = Object.keys(fresh).filter(
      (name) => fresh[name]?.certificatePEM !== old[name]?.certificatePEM,
    );
    expect(changed).toEqual(['kube-proxy']);
  });

  it('get a new CA, with which the cluster keeps running its pods', async () => {
    const old = (await bundle())['kube-ca']?.certificatePEM ?? '';
    const { code, stderr } = await folder.rke(['cert', 'rotate', '--rotate-ca']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('restart all pods');
    const fresh = await bundle();
    const authority = new X509Certificate(fresh['kube-ca']?.certificatePEM ?? '');
    expect(authority.fingerprint256).not.toBe(new X509Certificate(old).fingerprint256);
    expect(await readyNode()).toBe('Ready');
    await hasNothingLeft();
  });

  /** Makes the cluster look ten years and a day old: in the state, and on the host. */
  async function expire(): Promise<void> {
    const store = createFileStore(folder.file('cluster.rkestate'));
    const state = await store.load();
    const spec = state?.desiredState.rkeConfig as ClusterSpec;
    const { bundle: past } = await reconcileCertificates({
      spec,
      existing: state?.desiredState.certificatesBundle,
      now: new Date(Date.now() - tenYears - 3_600_000),
      createKey: createKeyFactory(),
      rotation: { names: listRotatedNames(spec, []), includesCas: false },
    });
    await store.save({
      desiredState: { ...state?.desiredState, certificatesBundle: past },
      currentState: { ...state?.currentState, certificatesBundle: past },
    });
    for (const [name, { certificatePEM, keyPEM }] of Object.entries(past)) {
      if (name === 'kube-admin') continue;
      for (const [path, text] of [
        [certificatePath(name), certificatePEM],
        [keyPath(name), keyPEM],
      ] as const)
        await node.must(['sh', '-c', `umask 077; cat > ${path}`], { input: text });
    }
  }
});
