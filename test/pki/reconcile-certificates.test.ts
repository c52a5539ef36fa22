import { createPrivateKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec, NodeSpec } from '../../src/config/cluster-spec.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { findBundleFaults } from '../../src/pki/check/bundle-faults.js';
import { findPendingFiles, findPendingNames, listRotatedNames } from '../../src/pki/issue/rotation.js';
import { selfSignCa } from '../../src/pki/x509/x509.js';
import { noKey, reconcile, rkeBundle, rkeSpec } from './takeover.js';

describe('a cluster created by RKE v1', () => {
  it('keeps its bundle byte for byte, kubeconfigs and order included', async () => {
    const { bundle, changes } = await reconcile(rkeSpec, rkeBundle, { createKey: noKey });
    expect(changes).toEqual([]);
    expect(JSON.stringify(bundle)).toBe(JSON.stringify(rkeBundle));
  });

  it('reissues only kube-apiserver, with the old key, for a new name', async () => {
    const spec = withSans(['api.example.com', '203.0.113.9']);
    const { bundle, changes } = await reconcile(spec, rkeBundle, { createKey: noKey });
    expect(changes).toEqual([{ name: 'kube-apiserver', kind: 'reissued', reason: 'names differ' }]);
    expect(changedNames(bundle)).toEqual(['kube-apiserver']);
    expect(bundle['kube-apiserver']?.keyPEM).toBe(rkeBundle['kube-apiserver']?.keyPEM);
    const { subjectAltName } = new X509Certificate(bundle['kube-apiserver']?.certificatePEM ?? '');
    expect(subjectAltName).toMatch(
      /^DNS:node-a, DNS:node-b, DNS:node-c, DNS:api.example.com, DNS:localhost,/,
    );
    expect(subjectAltName).toMatch(/IP Address:203.0.113.9, IP Address:127.0.0.1, IP Address:10.43.0.1$/);
  });

  it('compares the order of names for kube-apiserver but not for etcd', async () => {
    const spec = { ...rkeSpec, nodes: [...rkeSpec.nodes].reverse() };
    const { changes } = await reconcile(spec, rkeBundle, { createKey: noKey });
    expect(changes.map(({ name }) => name)).toEqual(['kube-apiserver']);
  });

  it('removes the etcd certificate of a removed host', async () => {
    const { bundle, changes } = await reconcile({ ...rkeSpec, nodes: rkeSpec.nodes.slice(0, 2) }, rkeBundle, {
      createKey: noKey,
    });
    expect(changes).toContainEqual({ name: 'kube-etcd-172-30-0-83', kind: 'removed', reason: 'unused' });
    expect(Object.keys(bundle)).not.toContain('kube-etcd-172-30-0-83');
    // The other members keep theirs: an extra name does no harm, a restart of every member might.
    expect(changes.filter(({ kind }) => kind === 'reissued').map(({ name }) => name)).toEqual([
      'kube-apiserver',
    ]);
  });

  it('reissues the etcd certificates for an additional member', async () => {
    const joined = { address: '172.30.0.84', internalAddress: '172.30.0.84', hostnameOverride: 'node-d' };
    const more = { ...joined, port: '22', user: 'rke', role: ['etcd'] as const };
    const { changes } = await reconcile({ ...rkeSpec, nodes: [...rkeSpec.nodes, more] }, rkeBundle);
    expect(changes.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      ...['81', '82', '83'].map((host) => `kube-etcd-172-30-0-${host} names differ`),
      'kube-etcd-172-30-0-84 missing',
    ]);
  });

  it('reissues expired certificates with their old keys', async () => {
    const old = await outliving();
    const { bundle, changes } = await reconcile(rkeSpec, old, {
      createKey: noKey,
      now: new Date('2036-11-19T00:00:00Z'),
    });
    expect(changes.every(({ reason }) => reason === 'expired')).toBe(true);
    // The certificate of the token key is among them.
    expect(changes).toHaveLength(11);
    for (const [name, { keyPEM }] of Object.entries(bundle)) expect(keyPEM).toBe(old[name]?.keyPEM);
    expect(bundle['kube-ca']).toEqual(old['kube-ca']);
    const token = new X509Certificate(bundle['kube-service-account-token']?.certificatePEM ?? '');
    expect(new Date(token.validTo).getFullYear()).toBeGreaterThan(2036);
  });

  it('renews a certificate with fewer than 30 days left with its old key, and reports how many were left', async () => {
    const end = new Date(new X509Certificate(entry('kube-node').certificatePEM).validTo).getTime();
    const before = (days: number): Date => new Date(end - days * 86_400_000);
    const old = await outliving();
    const kept = await reconcile(rkeSpec, old, { createKey: noKey, now: before(30.5) });
    expect(kept.changes).toEqual([]);
    const { bundle, changes } = await reconcile(rkeSpec, old, { createKey: noKey, now: before(12) });
    expect(changes).toContainEqual({
      name: 'kube-node',
      kind: 'reissued',
      reason: 'expires soon',
      daysLeft: 12,
    });
    expect(bundle['kube-node']?.keyPEM).toBe(entry('kube-node').keyPEM);
    const again = await reconcile(rkeSpec, bundle, { createKey: noKey, now: before(12) });
    expect(again.changes).toEqual([]);
  });

  it('reissues a certificate that another CA signed or that has another key', async () => {
    const node = entry('kube-node');
    const strange = { ...node, certificatePEM: entry('kube-apiserver-proxy-client').certificatePEM };
    const { changes, bundle } = await reconcile(
      rkeSpec,
      { ...rkeBundle, 'kube-node': strange },
      { createKey: noKey },
    );
    expect(changes).toEqual([{ name: 'kube-node', kind: 'reissued', reason: 'signed by another CA' }]);
    expect(bundle['kube-node']?.keyPEM).toBe(node.keyPEM);
  });

  it('gets its missing certificates, and its tokens stay valid', async () => {
    const { 'kube-apiserver': apiserver, ...rest } = rkeBundle;
    const { bundle, changes } = await reconcile(rkeSpec, rest);
    expect(changes).toEqual([{ name: 'kube-apiserver', kind: 'issued', reason: 'missing' }]);
    expect(bundle['kube-apiserver']?.keyPEM).not.toBe(apiserver?.keyPEM);
    expect(bundle['kube-service-account-token']).toEqual(rkeBundle['kube-service-account-token']);
  });

  it.each(['172.30.0.82', '172.30.0.83'])(
    'keeps the server of its kubeconfig if it is another control plane: %s',
    async (host) => {
      const admin = {
        ...entry('kube-admin'),
        config: entry('kube-admin').config.replace('172.30.0.81', host),
      };
      const existing = { ...rkeBundle, 'kube-admin': admin };
      expect((await reconcile(rkeSpec, existing, { createKey: noKey })).bundle).toEqual(existing);
      const left = { ...rkeSpec, nodes: rkeSpec.nodes.filter(({ address }) => address !== host) };
      const { bundle } = await reconcile(left, existing, { createKey: noKey });
      expect(bundle['kube-admin']?.config).toBe(entry('kube-admin').config);
    },
  );

  it('keeps the path of its kubeconfig when kube-admin is reissued', async () => {
    const admin = { ...entry('kube-admin'), certificatePEM: 'spoilt', configPath: 'lab/kube_config_a.yml' };
    const { bundle } = await reconcile(rkeSpec, { ...rkeBundle, 'kube-admin': admin }, { createKey: noKey });
    expect(bundle['kube-admin']?.configPath).toBe('lab/kube_config_a.yml');
  });

  it.each(['certificatePEM', 'keyPEM'] as const)('gets no new CA if %s is missing', async (member) => {
    const broken = { ...rkeBundle, 'kube-ca': { ...entry('kube-ca'), [member]: '' } };
    await expect(reconcile(rkeSpec, broken, { createKey: noKey })).rejects.toMatchObject({
      code: 'STATE_WITHOUT_CA',
      exitCode: 4,
    });
  });
});

describe('a rotation', () => {
  it('reissues only the certificate of the given service, with a new key', async () => {
    const rotation = { names: listRotatedNames(rkeSpec, ['kubelet']), includesCas: false };
    const { bundle, changes } = await reconcile(rkeSpec, rkeBundle, { rotation });
    expect(changes).toEqual([{ name: 'kube-node', kind: 'reissued', reason: 'rotated' }]);
    expect(changedNames(bundle)).toEqual(['kube-node']);
    expect(bundle['kube-node']?.keyPEM).not.toBe(entry('kube-node').keyPEM);
    expect(bundle['kube-node']?.keyPEM).not.toBe(bundle['kube-proxy']?.keyPEM);
  });

  it('reissues the certificate of every member for the service etcd', () => {
    expect([...listRotatedNames(rkeSpec, ['etcd', 'kube-proxy'])]).toEqual([
      'kube-proxy',
      'kube-etcd-172-30-0-81',
      'kube-etcd-172-30-0-82',
      'kube-etcd-172-30-0-83',
    ]);
  });

  it('keeps the CAs and the token key, whose certificate is renewed', async () => {
    const rotation = { names: listRotatedNames(rkeSpec, []), includesCas: false };
    const { bundle, changes } = await reconcile(rkeSpec, rkeBundle, { rotation });
    expect(changes).toHaveLength(11);
    const same = Object.keys(rkeBundle).filter((name) => !changedNames(bundle).includes(name));
    expect(same).toEqual(['kube-apiserver-requestheader-ca', 'kube-ca']);
    expect(bundle['kube-service-account-token']?.keyPEM).toBe(
      rkeBundle['kube-service-account-token']?.keyPEM,
    );
    const keys = Object.values(bundle).map(({ keyPEM }) => keyPEM);
    expect(new Set(keys).size).toBe(keys.length);
  }, 30_000);

  it('replaces everything except the token key if it includes the CAs', async () => {
    const rotation = { names: new Set<string>(), includesCas: true };
    const { bundle } = await reconcile(rkeSpec, rkeBundle, { rotation });
    const keys = Object.keys(rkeBundle).filter((name) => bundle[name]?.keyPEM === rkeBundle[name]?.keyPEM);
    expect(keys).toEqual(['kube-service-account-token']);
    const ca = new X509Certificate(bundle['kube-ca']?.certificatePEM ?? '');
    for (const name of ['kube-ca', 'kube-apiserver', 'kube-admin', 'kube-service-account-token'])
      expect(new X509Certificate(bundle[name]?.certificatePEM ?? '').verify(ca.publicKey)).toBe(true);
    expect(bundle['kube-admin']?.config).toContain(
      Buffer.from(bundle['kube-ca']?.certificatePEM ?? '').toString('base64'),
    );
  }, 30_000);

  it('is pending until a run has deployed it', () => {
    const admin = { ...entry('kube-admin'), certificatePEM: 'another' };
    const proxy = { ...entry('kube-proxy'), keyPEM: 'another' };
    const desired = { ...rkeBundle, 'kube-admin': admin, 'kube-proxy': proxy };
    expect([...findPendingNames(rkeBundle, desired)].sort()).toEqual(['kube-admin', 'kube-proxy']);
    expect(findPendingNames(undefined, desired).size).toBe(0);
  });

  it('does not deploy the key of a certificate renewed with its old key, so that no reader of the key is restarted', () => {
    const token = { ...entry('kube-service-account-token'), certificatePEM: 'another' };
    const desired = { ...rkeBundle, 'kube-service-account-token': token };
    expect([...findPendingFiles(rkeBundle, desired)]).toEqual([
      '/etc/kubernetes/ssl/kube-service-account-token.pem',
    ]);
  });
});

describe('an external etcd', () => {
  const { certificatePEM, keyPEM } = entry('kube-node');
  const etcd = (more: object): ClusterSpec => ({
    ...rkeSpec,
    services: {
      ...rkeSpec.services,
      etcd: { ...rkeSpec.services.etcd, externalUrls: ['https://etcd:2379'], ...more },
    },
    nodes: rkeSpec.nodes.map((one) => ({ ...one, role: ['controlplane', 'worker'] as const })),
  });

  it('gets the client certificate of cluster.yml, the first one of a chain', async () => {
    const ca = entry('kube-ca').certificatePEM;
    const key = createPrivateKey(keyPEM).export({ type: 'pkcs8', format: 'pem' }).toString();
    const spec = etcd({ caCert: ca.trimEnd(), cert: certificatePEM + ca, key });
    const { bundle, changes } = await reconcile(spec, rkeBundle, { createKey: noKey });
    expect(bundle['kube-etcd-client']).toMatchObject({
      certificatePEM,
      keyPEM,
      commonName: 'system:kube-etcd-client',
      path: '/etc/kubernetes/ssl/kube-etcd-client.pem',
      config: '',
    });
    expect(bundle['kube-etcd-client-ca']).toMatchObject({ certificatePEM: ca, keyPEM: '' });
    expect(changes.filter(({ kind }) => kind === 'removed')).toHaveLength(3);
    expect(findBundleFaults(bundle)).toEqual([]);
    expect((await reconcile(spec, bundle, { createKey: noKey })).changes).toEqual([]);
  });

  it.each(['caCert', 'cert', 'key'])('is refused if %s is not valid PEM', async (member) => {
    const whole = { caCert: certificatePEM, cert: certificatePEM, key: keyPEM };
    await expect(
      reconcile(etcd({ ...whole, [member]: 'no PEM' }), rkeBundle, { createKey: noKey }),
    ).rejects.toMatchObject({ code: 'EXTERNAL_ETCD_PEM', exitCode: 3 });
  });
});

describe('any sequence of changes to a cluster', () => {
  it('never changes the CAs and the token key, and a second run changes nothing', async () => {
    const key = await createKeyFactory()();
    const createKey = (): Promise<string> => Promise.resolve(key);
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        const first = await reconcile(spec, rkeBundle, { createKey });
        for (const name of ['kube-ca', 'kube-apiserver-requestheader-ca', 'kube-service-account-token']) {
          expect(first.bundle[name]).toEqual(rkeBundle[name]);
        }
        const second = await reconcile(spec, first.bundle, { createKey: noKey });
        expect(second.changes).toEqual([]);
        expect(second.bundle).toEqual(first.bundle);
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});

const octet = fc.integer({ min: 1, max: 254 });
const address = fc.oneof(
  fc.tuple(octet, octet).map(([a, b]) => `10.7.${a}.${b}`),
  fc.constantFrom('fd00:0::1', '2001:db8::A', 'node.Example.com'),
);
const node = fc
  .record({ address, internalAddress: address, hostnameOverride: fc.domain() })
  .map((names): NodeSpec => ({ ...names, port: '22', user: 'rke', role: ['controlplane', 'etcd'] }));
const specs = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 3 }),
    sans: fc.array(fc.oneof(address, fc.domain())),
  })
  .map(({ nodes, sans }): ClusterSpec => ({ ...withSans(sans), nodes }));

/** The fixture with CAs that expire a year after what they signed. */
async function outliving(): Promise<CertificateBundle> {
  const made = new Date('2027-11-20T00:00:00Z');
  const names = ['kube-ca', 'kube-apiserver-requestheader-ca'];
  const cas = names.map((name) => {
    const certificatePEM = selfSignCa({ commonName: name, keyPem: entry(name).keyPEM, now: made });
    return [name, { ...entry(name), certificatePEM }] as const;
  });
  const whole = { ...rkeBundle, ...Object.fromEntries(cas) };
  // The kubeconfig of the administrator contains the CA.
  return (await reconcile(rkeSpec, whole, { createKey: noKey })).bundle;
}

function withSans(sans: readonly string[]): ClusterSpec {
  return { ...rkeSpec, authentication: { ...rkeSpec.authentication, sans } };
}

function entry(name: string): CertificateBundle[string] {
  const found = rkeBundle[name];
  if (found === undefined) throw new Error(`no ${name} in the fixture`);
  return found;
}

function changedNames(bundle: CertificateBundle): string[] {
  return Object.keys(bundle).filter(
    (name) => JSON.stringify(bundle[name]) !== JSON.stringify(rkeBundle[name]),
  );
}
