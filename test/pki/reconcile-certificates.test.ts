import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec, NodeSpec } from '../../src/config/cluster-spec.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { noKey, reconcile, rkeBundle, rkeSpec } from './takeover.js';

describe("a cluster of RKE's making", () => {
  it('keeps its bundle byte for byte, kubeconfigs and order included', async () => {
    const { bundle, changes } = await reconcile(rkeSpec, rkeBundle, { createKey: noKey });
    expect(changes).toEqual([]);
    expect(JSON.stringify(bundle)).toBe(JSON.stringify(rkeBundle));
  });

  it('gets another kube-apiserver certificate with the old key, and nothing else, for a new name', async () => {
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

  it('looks at the order of names for kube-apiserver, but not for etcd', async () => {
    const spec = { ...rkeSpec, nodes: [...rkeSpec.nodes].reverse() };
    const { changes } = await reconcile(spec, rkeBundle, { createKey: noKey });
    expect(changes.map(({ name }) => name)).toEqual(['kube-apiserver']);
  });

  it('loses the etcd certificate of a host that is gone', async () => {
    const { bundle, changes } = await reconcile({ ...rkeSpec, nodes: rkeSpec.nodes.slice(0, 2) }, rkeBundle, {
      createKey: noKey,
    });
    expect(changes).toContainEqual({ name: 'kube-etcd-172-30-0-83', kind: 'removed', reason: 'unused' });
    expect(Object.keys(bundle)).not.toContain('kube-etcd-172-30-0-83');
    expect(changes.filter(({ kind }) => kind === 'reissued').map(({ name }) => name)).toEqual([
      'kube-apiserver',
      'kube-etcd-172-30-0-81',
      'kube-etcd-172-30-0-82',
    ]);
  });

  it('gets new certificates on the old keys once they have run out', async () => {
    const { bundle, changes } = await reconcile(rkeSpec, rkeBundle, {
      createKey: noKey,
      now: new Date('2036-11-19T00:00:00Z'),
    });
    expect(changes.every(({ reason }) => reason === 'expired')).toBe(true);
    expect(changes).toHaveLength(10);
    for (const [name, { keyPEM }] of Object.entries(bundle)) expect(keyPEM).toBe(rkeBundle[name]?.keyPEM);
    expect(bundle['kube-ca']).toEqual(rkeBundle['kube-ca']);
    expect(bundle['kube-service-account-token']).toEqual(rkeBundle['kube-service-account-token']);
  });

  it('gets again what another authority signed, or what has another key', async () => {
    const node = entry('kube-node');
    const strange = { ...node, certificatePEM: entry('kube-apiserver-proxy-client').certificatePEM };
    const { changes, bundle } = await reconcile(
      rkeSpec,
      { ...rkeBundle, 'kube-node': strange },
      { createKey: noKey },
    );
    expect(changes).toEqual([{ name: 'kube-node', kind: 'reissued', reason: 'not of this authority' }]);
    expect(bundle['kube-node']?.keyPEM).toBe(node.keyPEM);
  });

  it('gets what it lacks, and its tokens stay valid', async () => {
    const { 'kube-apiserver': apiserver, ...rest } = rkeBundle;
    const { bundle, changes } = await reconcile(rkeSpec, rest);
    expect(changes).toEqual([{ name: 'kube-apiserver', kind: 'issued', reason: 'missing' }]);
    expect(bundle['kube-apiserver']?.keyPEM).not.toBe(apiserver?.keyPEM);
    expect(bundle['kube-service-account-token']).toEqual(rkeBundle['kube-service-account-token']);
  });

  it('keeps the path of its kubeconfig when kube-admin is issued anew', async () => {
    const admin = { ...entry('kube-admin'), certificatePEM: 'spoilt', configPath: 'lab/kube_config_a.yml' };
    const { bundle } = await reconcile(rkeSpec, { ...rkeBundle, 'kube-admin': admin }, { createKey: noKey });
    expect(bundle['kube-admin']?.configPath).toBe('lab/kube_config_a.yml');
  });

  it.each(['certificatePEM', 'keyPEM'] as const)(
    'is not given another authority where %s is gone',
    async (member) => {
      const broken = { ...rkeBundle, 'kube-ca': { ...entry('kube-ca'), [member]: '' } };
      await expect(reconcile(rkeSpec, broken, { createKey: noKey })).rejects.toMatchObject({
        code: 'STATE_WITHOUT_CA',
        exitCode: 4,
      });
    },
  );
});

describe('whatever a cluster becomes', () => {
  it('its authorities and its token key never change, and a second run changes nothing', async () => {
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
