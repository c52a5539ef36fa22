import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueCertificates } from '../../src/commands/up/issue-certificates.js';
import { readAdminOf } from '../../src/commands/recover/read-admin.js';
import { findOnHosts } from '../../src/commands/recover/find-on-hosts.js';
import type { FoundOnHosts, RecoverInput } from '../../src/commands/recover/recovered.js';
import { recoverFromSources } from '../../src/commands/recover/recover.js';
import { packFiles } from '../../src/host/tar.js';
import { readCa } from '../../src/pki/bundle/recover-bundle.js';
import { samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { hostTexts } from '../pki/host-texts.js';
import { kubeconfigText, now, rkeBundle, rkeEncryption, rkeSpec } from '../pki/takeover.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { useFolder } from './run.js';

const catalog = await loadCatalog();
/** Files on the hosts of a cluster with a custom CA whose key is on no host. */
const files = hostTexts(rkeBundle);
for (const name of ['kube-ca', 'kube-apiserver-requestheader-ca'])
  files.delete(`/etc/kubernetes/ssl/${name}-key.pem`);
files.set('/etc/kubernetes/ssl/encryption.yaml', `${rkeEncryption}\n`);
const ca = readCa(files);
if (ca === undefined) throw new Error('the hosts have the CA');
const found: FoundOnHosts = {
  ca: { ...ca, host: '10.0.0.1' },
  files,
  foreign: [],
  kubernetesImages: [],
  failures: [],
};
const { certificatePEM: certificatePem = '', keyPEM: keyPem = '' } = rkeBundle['kube-admin'] ?? {};

const input = (changed: Partial<RecoverInput> = {}): RecoverInput => ({
  spec: rkeSpec,
  catalog,
  found,
  kube: undefined,
  snapshot: undefined,
  now,
  createKey: () => Promise.reject(new Error('nothing can be signed')),
  signal: new AbortController().signal,
  ...changed,
});

describe('recoverFromSources with a custom CA', () => {
  it('uses the certificates of the hosts unchanged, and kube-admin from the kubeconfig', async () => {
    const recovered = await recoverFromSources(['hosts'], input({ admin: { certificatePem, keyPem } }));
    expect(recovered).toMatchObject({ source: 'hosts' });
    expect(recovered.missing).toEqual([expect.stringContaining('cluster.yml'), 'the key of your custom CA']);
    const bundle = recovered.state.desiredState.certificatesBundle ?? {};
    for (const [name, { certificatePEM, keyPEM }] of Object.entries(rkeBundle))
      expect(bundle[name], name).toMatchObject({
        certificatePEM,
        keyPEM: name.endsWith('-ca') ? '' : keyPEM,
      });
    // The next run goes on with it.
    expect(await issueCertificates({ spec: rkeSpec }, recovered.state, { events: recordingSink() })).toEqual(
      bundle,
    );
  });

  it('reports the missing certificates that would stop the next run', async () => {
    const { state, missing } = await recoverFromSources(['hosts'], input());
    const lack = 'kube-admin.pem and kube-admin-key.pem are missing';
    expect(missing.at(-1)).toBe(`${lack}: provide it with \`rke up --custom-certs\``);
    expect(state.desiredState.certificatesBundle).not.toHaveProperty('kube-admin');
    const up = issueCertificates({ spec: rkeSpec }, state, { events: recordingSink() });
    await expect(up).rejects.toMatchObject({ code: 'OWN_CERTIFICATES', details: { faults: [lack] } });
  });

  it('records the CA as current, so that it cannot be replaced by another one', async () => {
    const { state } = await recoverFromSources(['hosts'], input());
    expect(state.currentState.certificatesBundle?.['kube-ca']?.certificatePEM).toBe(
      rkeBundle['kube-ca']?.certificatePEM,
    );
  });
});

describe('findOnHosts with a custom CA', () => {
  const plan = samplePlan([['worker'], ['controlplane']]);
  const limits = { concurrency: 2, signal: new AbortController().signal };
  const host = (address: string): FakeHost => {
    const one = new FakeHost(address);
    const kubelet = plan.nodes[0]?.containers.find(({ name }) => name === 'kubelet');
    if (kubelet !== undefined) one.run(kubelet);
    const entries = [...files].map(([path, content]) => ({
      ...{ path: path.replace('/etc/', ''), content },
      ...{ mode: 0o600, uid: 0, gid: 0 },
    }));
    one.docker.getArchive = () => packFiles(entries);
    return one;
  };
  const find = (...addresses: string[]): Promise<FoundOnHosts> =>
    findOnHosts(plan, new Map(addresses.map((address) => [address, host(address)])), limits);

  it('accepts a CA without its key from a control-plane host, but not from a worker', async () => {
    expect((await find('10.0.0.1', '10.0.0.2')).ca).toMatchObject({ host: '10.0.0.2', keyPem: '' });
    expect((await find('10.0.0.1')).ca).toBeUndefined();
  });
});

describe('readAdminOf', () => {
  const folder = useFolder();
  const read = async (text: string, caPem: string): ReturnType<typeof readAdminOf> => {
    const path = join(folder(), 'kube_config_cluster.yml');
    await writeFile(path, text);
    return readAdminOf(path, caPem);
  };
  const ca = rkeBundle['kube-ca']?.certificatePEM ?? '';

  it('reads kube-admin from the kubeconfig', async () => {
    expect(await read(kubeconfigText, ca)).toEqual({
      certificatePem: certificatePem.trimEnd(),
      keyPem: keyPem.trimEnd(),
    });
  });

  it('returns nothing for another CA, a key that does not match, or an invalid or missing file', async () => {
    const other = rkeBundle['kube-apiserver-requestheader-ca']?.certificatePEM ?? '';
    expect(await read(kubeconfigText, other)).toBeUndefined();
    const wrongKey = Buffer.from(rkeBundle['kube-proxy']?.keyPEM ?? '').toString('base64');
    expect(
      await read(kubeconfigText.replace(/client-key-data: .*/, `client-key-data: "${wrongKey}"`), ca),
    ).toBeUndefined();
    expect(await read('clusters: [', ca)).toBeUndefined();
    expect(await readAdminOf(join(folder(), 'none.yml'), ca)).toBeUndefined();
  });
});
