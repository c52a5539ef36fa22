import { describe, expect, it } from 'vitest';
import { findBundleFaults } from '../../src/pki/check/bundle-faults.js';
import type { CertificateBundle, CertificatePki } from '../../src/pki/certificates.js';
import { rkeBundle } from './takeover.js';

const entry = (name: string): CertificatePki => {
  const found = rkeBundle[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const withEntry = (name: string, changed: Partial<CertificatePki>): CertificateBundle => ({
  ...rkeBundle,
  [name]: { ...entry(name), ...changed },
});
const pairOf = (name: string): Pick<CertificatePki, 'certificatePEM' | 'keyPEM'> => {
  const { certificatePEM, keyPEM } = entry(name);
  return { certificatePEM, keyPEM };
};

describe('findBundleFaults', () => {
  it('finds no fault in a bundle of RKE v1, nor in an empty one', () => {
    expect(findBundleFaults(rkeBundle)).toEqual([]);
    expect(findBundleFaults({})).toEqual([]);
  });

  it.each<[string, CertificateBundle, string, RegExp]>([
    [
      'a CA without its key',
      withEntry('kube-ca', { keyPEM: '' }),
      'STATE_WITHOUT_CA',
      /kube-ca has no usable private key/,
    ],
    [
      'a CA without its certificate',
      withEntry('kube-ca', { certificatePEM: '' }),
      'STATE_WITHOUT_CA',
      /no usable certificate/,
    ],
    [
      'a CA whose key is truncated',
      withEntry('kube-ca', { keyPEM: entry('kube-ca').keyPEM.slice(0, 700) }),
      'STATE_WITHOUT_CA',
      /private key/,
    ],
    ['no CA at all', { 'kube-node': entry('kube-node') }, 'STATE_WITHOUT_CA', /kube-ca/],
    [
      'a second CA without its key',
      withEntry('kube-apiserver-requestheader-ca', { keyPEM: '' }),
      'STATE_WITHOUT_CA',
      /requestheader-ca/,
    ],
    [
      'a CA with the key of another certificate',
      withEntry('kube-ca', { keyPEM: entry('kube-node').keyPEM }),
      'STATE_KEY_MISMATCH',
      /kube-ca does not match/,
    ],
    [
      'a leaf certificate with the key of another',
      withEntry('kube-scheduler', { keyPEM: entry('kube-admin').keyPEM }),
      'STATE_KEY_MISMATCH',
      /kube-scheduler/,
    ],
    ['an invalid key', withEntry('kube-node', { keyPEM: 'spoilt' }), 'STATE_KEY', /kube-node cannot be read/],
    [
      'a leaf certificate as CA',
      withEntry('kube-ca', pairOf('kube-node')),
      'STATE_CERTIFICATE_USAGE',
      /kube-ca is not a CA certificate/,
    ],
    [
      'a CA as leaf certificate',
      withEntry('kube-node', pairOf('kube-ca')),
      'STATE_CERTIFICATE_USAGE',
      /kube-node is a CA certificate/,
    ],
    [
      'a client certificate for a server',
      withEntry('kube-apiserver', pairOf('kube-node')),
      'STATE_CERTIFICATE_USAGE',
      /kube-apiserver .* serverAuth/,
    ],
    [
      'a client certificate for an etcd member',
      withEntry('kube-etcd-172-30-0-81', pairOf('kube-node')),
      'STATE_CERTIFICATE_USAGE',
      /serverAuth/,
    ],
  ])('reports %s', (_what, bundle, code, message) => {
    const faults = findBundleFaults(bundle);
    expect(faults).toEqual([
      { name: expect.any(String) as string, code, message: expect.stringMatching(message) as string },
    ]);
    expect(JSON.stringify(faults)).not.toContain('BEGIN');
  });

  it('does not report missing and outdated certificates, which a run reissues', () => {
    const rest = Object.fromEntries(Object.entries(rkeBundle).filter(([name]) => name !== 'kube-node'));
    expect(findBundleFaults(rest)).toEqual([]);
    expect(findBundleFaults(withEntry('kube-node', { certificatePEM: 'spoilt' }))).toEqual([]);
    expect(findBundleFaults(withEntry('kube-node', { certificatePEM: '', keyPEM: '' }))).toEqual([]);
  });

  it('checks only the key of the token pair, and requires no second CA', () => {
    const token = withEntry('kube-service-account-token', { keyPEM: entry('kube-node').keyPEM });
    expect(findBundleFaults(token)).toEqual([]);
    const none = withEntry('kube-apiserver-requestheader-ca', { certificatePEM: '', keyPEM: '' });
    expect(findBundleFaults(none)).toEqual([]);
  });

  it('reports all faults together', () => {
    const bundle = {
      ...withEntry('kube-ca', { keyPEM: '' }),
      'kube-node': { ...entry('kube-node'), keyPEM: 'x' },
    };
    expect(findBundleFaults(bundle).map(({ name }) => name)).toEqual(['kube-ca', 'kube-node']);
  });
});
