import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FoundOnHosts, RecoverInput } from '../../src/commands/recover/recovered.js';
import { findOnHosts } from '../../src/commands/recover/find-on-hosts.js';
import { openKubeByKubeconfig } from '../../src/commands/recover/kube-by-kubeconfig.js';
import { recoverFromSources } from '../../src/commands/recover/recover.js';
import { zipInMemory } from '../../src/state/zip.js';
import { kubeError } from '../../src/core/errors.js';
import { packFiles } from '../../src/host/tar.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { reconcileCertificates } from '../../src/pki/issue/reconcile-certificates.js';
import { rolloutOf } from '../../src/run/certificates/rollout.js';
import { readCa } from '../../src/pki/bundle/recover-bundle.js';
import { encryptionFile, renderEncryption } from '../../src/plan/encryption/encryption-configuration.js';
import { encodeStateCopy } from '../../src/plan/state-copy.js';
import { checkCluster } from '../../src/run/read-cluster.js';
import { encodeCompactState, encodeState } from '../../src/state/codec.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';
import { hostTexts } from '../pki/host-texts.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { runIn, useFolder } from './run.js';
import { kubeconfigText, now, rkeBundle, rkeEncryption, rkeSpec, stateText } from '../pki/takeover.js';

const folder = useFolder();
const catalog = await loadCatalog();
/** For keys that are really made, on slow machines. */
const patience = 60_000;
const archive = readFileSync(new URL('../fixtures/vectors/takeover/three/snap1.zip', import.meta.url));
const rkeState = JSON.parse(stateText) as ClusterState;
const files = hostTexts(rkeBundle).set(encryptionFile, `${rkeEncryption}\n`);
const ca = readCa(files);
if (ca === undefined) throw new Error('the hosts have the CA');
const kubernetesTag = rkeSpec.systemImages['kubernetes']?.split(':').at(-1) ?? '';
const onHosts: FoundOnHosts = {
  ca: { ...ca, host: '10.0.0.1' },
  files,
  foreign: [],
  kubernetesImages: [],
  failures: [],
};
const nothing: FoundOnHosts = {
  ca: undefined,
  files: new Map(),
  foreign: [],
  kubernetesImages: [],
  failures: ['10.0.0.1: no answer'],
};

/** An API with these objects by kind, or one that does not answer. */
function api(objects: Readonly<Record<string, unknown>> | 'down'): KubeApi {
  const get: KubeApi['get'] = ({ kind }) =>
    objects === 'down'
      ? Promise.reject(kubeError('KUBE_UNREACHABLE', 'no kube-apiserver answers'))
      : Promise.resolve(objects[kind] as Awaited<ReturnType<KubeApi['get']>>);
  return { get } as KubeApi;
}

function input(changed: Partial<RecoverInput> = {}): RecoverInput {
  return {
    spec: rkeSpec,
    catalog,
    found: onHosts,
    kube: undefined,
    snapshot: undefined,
    now,
    createKey: createKeyFactory(),
    signal: new AbortController().signal,
    ...changed,
  };
}

const all = ['cluster', 'hosts', 'snapshot'] as const;
const secret = encodeStateCopy(encodeCompactState(rkeState));
const snapshot = { file: 'snap1.zip', archive: zipInMemory(archive) };

describe('recoverFromSources', { timeout: patience }, () => {
  it('uses the copy in the cluster unchanged', async () => {
    const recovered = await recoverFromSources(all, input({ kube: api({ Secret: secret }), snapshot }));
    expect(recovered).toMatchObject({ source: 'cluster', missing: [] });
    expect(recovered.state).toEqual(rkeState);
  });

  it('reads the ConfigMap written by old versions of RKE', async () => {
    const data = { 'full-cluster-state': encodeCompactState(rkeState) };
    const { state } = await recoverFromSources(
      all,
      input({ kube: api({ ConfigMap: { ...secret, kind: 'ConfigMap', data } }) }),
    );
    expect(state).toEqual(rkeState);
  });

  it('does not use encryption keys that are older than those on the hosts', async () => {
    const newer = new Map(files).set(encryptionFile, 'newer\n');
    const recovered = await recoverFromSources(
      all,
      input({ kube: api({ Secret: secret }), found: { ...onHosts, files: newer } }),
    );
    expect(recovered.state.desiredState.encryptionConfig).toBe('newer');
    expect(recovered.state.currentState.encryptionConfig).toBe(rkeEncryption);
    expect(recovered.missing).toHaveLength(1);
  });

  it('uses the encryption key of the hosts if it was rotated after the copy was written', async () => {
    const text = renderEncryption([{ name: 'k-later', secret: 'L'.repeat(44) }]);
    const rotated = new Map(files).set(encryptionFile, `${text}\n`);
    const { state } = await recoverFromSources(
      all,
      input({ kube: api({ Secret: secret }), found: { ...onHosts, files: rotated } }),
    );
    expect(state.desiredState.encryptionConfig).toBe(text);
    expect(state.currentState.encryptionConfig).toBe(text);
  });

  it.each([
    ['the API is down', api('down')],
    ['the cluster has no copy', api({})],
    ['the copy is damaged', api({ Secret: encodeStateCopy('{"desiredState":') })],
    ['the copy has no CA', api({ Secret: encodeStateCopy('{"desiredState":{}}') })],
  ])('rebuilds the certificate bundle from the hosts if %s', async (_, kube) => {
    const { source, state, missing } = await recoverFromSources(all, input({ kube, snapshot }));
    expect(source).toBe('hosts');
    const { 'kube-admin': admin, ...rest } = state.desiredState.certificatesBundle ?? {};
    const { 'kube-admin': before, ...restBefore } = rkeBundle;
    expect(rest).toEqual(restBefore);
    expect(admin?.keyPEM).not.toBe(before?.keyPEM);
    expect(state.desiredState.encryptionConfig).toBe(rkeEncryption);
    expect(missing.join('\n')).toContain('kube-admin: reissued, because no host has it');
  });

  it('ignores the copy of another cluster', async () => {
    const other = rkeBundle['kube-apiserver-requestheader-ca'];
    const bundle = { ...rkeBundle, ...(other === undefined ? {} : { 'kube-ca': other }) };
    const foreign = { ...rkeState, desiredState: { ...rkeState.desiredState, certificatesBundle: bundle } };
    const kube = api({ Secret: encodeStateCopy(encodeCompactState(foreign)) });
    expect(await recoverFromSources(all, input({ kube }))).toMatchObject({ source: 'hosts' });
  });

  it('returns the certificates of the hosts if the CA has expired, ready for rotation of the CAs', async () => {
    const later = new Date('2060-01-01');
    const { state, missing, source } = await recoverFromSources(all, input({ now: later }));
    const onTheHosts = Object.fromEntries(
      Object.entries(rkeBundle).filter(([name]) => name !== 'kube-admin'),
    );
    expect(source).toBe('hosts');
    expect(state.desiredState.certificatesBundle).toEqual(onTheHosts);
    expect(state.currentState).toEqual(state.desiredState);
    expect(state.currentState.rkeConfig?.nodes).toHaveLength(rkeSpec.nodes.length);
    expect(state.desiredState.encryptionConfig).toBe(rkeEncryption);
    expect(missing.join('\n')).toMatch(/kube-admin .*expired.*rke cert rotate --rotate-ca/);

    const { bundle } = await reconcileCertificates({
      spec: rkeSpec,
      existing: state.desiredState.certificatesBundle,
      now: later,
      createKey: createKeyFactory(),
      rotation: { includesCas: true, names: new Set() },
    });
    expect(rolloutOf(state, bundle, later)).toMatchObject({ isPending: true, hasNewCa: true });
    expect(bundle['kube-service-account-token']?.keyPEM).toBe(
      onTheHosts['kube-service-account-token']?.keyPEM,
    );
  });

  it('returns a state that rke cert rotate --rotate-ca accepts', async () => {
    const cluster = `nodes: [{ address: 127.0.0.1, internal_address: 10.0.0.1, port: 1, user: ops, role: [controlplane, etcd, worker] }]
network: { plugin: flannel }
ingress: { provider: none }
`;
    const loaded = checkCluster(cluster, { catalog });
    if (!loaded.ok) throw new Error('the file has no mistakes');
    const { state } = await recoverFromSources(
      ['hosts'],
      input({ spec: loaded.value, now: new Date('2060-01-01') }),
    );
    await writeFile(join(folder(), 'cluster.yml'), cluster);
    await writeFile(join(folder(), 'cluster.rkestate'), encodeState(state));
    const { code, stderr } = await runIn(folder(), ['cert', 'rotate', '--rotate-ca'], { HOME: folder() });
    // Nobody listens on port 1: the run gets as far as that.
    expect([code, stderr]).toEqual([5, expect.stringContaining('127.0.0.1')]);
  });

  it.each<[what: string, images: readonly string[], told: string | undefined]>([
    ['the same version', [`rancher/hyperkube:${kubernetesTag}`], undefined],
    ['the same version of a private registry', [`reg:5000/rancher/hyperkube:${kubernetesTag}`], undefined],
    [
      'two versions of an upgrade that did not finish',
      ['x/hyperkube:v1.1.1', `x/hyperkube:${kubernetesTag}`],
      undefined,
    ],
    ['another version', ['rancher/hyperkube:v1.28.12-rancher1'], 'kubernetes_version: v1.28.12-rancher1-1'],
    ['an unknown version', ['mine/hyperkube:v1.28.99'], 'system_images.kubernetes'],
  ])('checks the Kubernetes version of hosts that run %s', async (_, kubernetesImages, told) => {
    const found = { ...onHosts, kubernetesImages };
    if (told === undefined)
      expect(await recoverFromSources(['hosts'], input({ found }))).toMatchObject({ source: 'hosts' });
    else
      await expect(recoverFromSources(['hosts'], input({ found }))).rejects.toMatchObject({
        details: { evidence: [expect.stringContaining(told)] as unknown },
      });
  });

  it('reads the snapshot if no host has the CA', async () => {
    const { source, state, missing } = await recoverFromSources(all, input({ found: nothing, snapshot }));
    expect(source).toBe('snapshot');
    expect(state.desiredState.certificatesBundle?.['kube-ca']).toEqual(rkeBundle['kube-ca']);
    expect(missing).toEqual(['changes made after the snapshot']);
  });

  it('reports why each source failed, and creates no CA', async () => {
    const bad = { file: 'bad.zip', archive: zipInMemory(Buffer.from('no archive')) };
    await expect(recoverFromSources(all, input({ found: nothing, snapshot: bad }))).rejects.toMatchObject({
      code: 'STATE_NOT_RECOVERED',
      exitCode: 4,
      details: {
        evidence: [
          expect.stringMatching(/^cluster: no reachable control-plane host/),
          expect.stringMatching(/^hosts: .*10\.0\.0\.1: no answer/),
          expect.stringMatching(/^snapshot: cannot read bad\.zip/),
        ] as unknown,
      },
    });
  });
});

describe('findOnHosts', () => {
  const plan = samplePlan([['etcd'], ['controlplane'], ['worker']]);
  const limits = { concurrency: 3, signal: new AbortController().signal };

  function host(address: string, texts: ReadonlyMap<string, string>): FakeHost {
    const one = new FakeHost(address);
    const kubelet = plan.nodes[0]?.containers.find(({ name }) => name === 'kubelet');
    if (kubelet !== undefined) one.run(kubelet);
    const entries = [...texts].map(([path, content]) => ({
      path: path.replace('/etc/', ''),
      content,
      mode: 0o600,
      uid: 0,
      gid: 0,
    }));
    one.docker.getArchive = () => packFiles(entries);
    return one;
  }

  const only = (pattern: RegExp): Map<string, string> =>
    new Map([...files].filter(([path]) => pattern.test(path)));

  it('merges the files of all hosts with the same CA', async () => {
    const hosts = [
      host('10.0.0.1', only(/kube-etcd|kube-ca\.pem/)),
      host('10.0.0.2', only(/^(?!.*kube-etcd)/)),
      host('10.0.0.3', new Map([['/etc/kubernetes/ssl/kube-ca.pem', 'another']])),
    ];
    const found = await findOnHosts(plan, new Map(hosts.map((one) => [one.address, one])), limits);
    expect(found.ca?.host).toBe('10.0.0.2');
    expect(new Map([...found.files].sort())).toEqual(new Map([...files].sort()));
    expect(found.foreign).toEqual(['10.0.0.3']);
    const image = plan.nodes[0]?.containers.find(({ name }) => name === 'kubelet')?.image;
    expect(found.kubernetesImages).toEqual([image]);
    expect(hosts.flatMap(({ calls }) => calls)).toEqual([]);
  });

  it('reads through a container that is never started if no other is left', async () => {
    const bare = host('10.0.0.2', files);
    bare.containers.clear();
    const found = await findOnHosts(plan, new Map([[bare.address, bare]]), limits);
    expect(found.ca?.host).toBe('10.0.0.2');
    expect(bare.calls.filter((call) => call.startsWith('start'))).toEqual([]);
    expect(bare.containers.size).toBe(0);
  });
});

describe('openKubeByKubeconfig', () => {
  const nodes = rkeSpec.nodes;
  const open = async (text: string, spec = { nodes }): Promise<boolean> => {
    const path = join(folder(), 'kube_config_cluster.yml');
    await writeFile(path, text);
    await using kube = await openKubeByKubeconfig(path, spec);
    return kube !== undefined;
  };

  it('accepts a kubeconfig whose server is a control-plane host of the cluster', async () => {
    expect(await open(kubeconfigText)).toBe(true);
  });

  it('refuses a kubeconfig that is missing, invalid, without credentials or of another cluster', async () => {
    expect(await openKubeByKubeconfig(join(folder(), 'none.yml'), { nodes })).toBeUndefined();
    expect(await open('clusters: [')).toBe(false);
    expect(await open(kubeconfigText.replace(/client-key-data: .*/, 'token: abc'))).toBe(false);
    expect(await open(kubeconfigText.replace(/server: .*/, 'server: "https://192.0.2.1:6443"'))).toBe(false);
    const workers = nodes.map((node) => ({ ...node, role: ['worker' as const] }));
    expect(await open(kubeconfigText, { nodes: workers })).toBe(false);
  });
});
