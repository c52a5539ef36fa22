import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCa, issueAdminCertificate, recoverBundle } from '../../src/pki/bundle/recover-bundle.js';
import { listKeylessCas } from '../../src/pki/bundle/custom-ca.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { hostTexts } from './host-texts.js';
import { now, reconcile, rkeBundle, rkeSpec } from './takeover.js';

const rest = Object.fromEntries(Object.entries(rkeBundle).filter(([name]) => name !== 'kube-admin'));

describe('recoverBundle', { timeout: 60_000 }, () => {
  it('rebuilds byte for byte every entry of the state of RKE v1 except kube-admin', () => {
    expect(recoverBundle(hostTexts(rkeBundle), rkeSpec)).toEqual(rest);
  });

  it('leaves nothing to issue except kube-admin', async () => {
    const { bundle, changes } = await reconcile(rkeSpec, recoverBundle(hostTexts(rkeBundle), rkeSpec));
    expect(changes).toEqual([{ name: 'kube-admin', kind: 'issued', reason: 'missing' }]);
    expect(bundle['kube-ca']).toEqual(rkeBundle['kube-ca']);
  });

  it('omits certificates without a key', () => {
    const files = hostTexts(rkeBundle);
    files.delete('/etc/kubernetes/ssl/kube-proxy-key.pem');
    files.delete('/etc/kubernetes/ssl/kube-apiserver-requestheader-ca-key.pem');
    expect(Object.keys(rest).filter((name) => !(name in recoverBundle(files, rkeSpec)))).toEqual([
      'kube-apiserver-requestheader-ca',
      'kube-proxy',
    ]);
  });

  it('keeps custom CAs without their keys, and a token key without its certificate', () => {
    const files = hostTexts(rkeBundle);
    for (const name of ['kube-ca-key', 'kube-apiserver-requestheader-ca-key', 'kube-service-account-token'])
      files.delete(`/etc/kubernetes/ssl/${name}.pem`);
    expect(readCa(files)?.keyPem).toBe('');
    const bundle = recoverBundle(files, rkeSpec);
    expect(Object.keys(bundle).sort()).toEqual(Object.keys(rest).sort());
    expect(listKeylessCas(bundle)).toEqual(['kube-ca', 'kube-apiserver-requestheader-ca']);
    const token = 'kube-service-account-token';
    expect(bundle[token]).toMatchObject({ certificatePEM: '', keyPEM: rkeBundle[token]?.keyPEM });
  });
});

describe('issueAdminCertificate', { timeout: 60_000 }, () => {
  it('issues an administrator certificate signed by the CA of the hosts', async () => {
    const found = readCa(hostTexts(rkeBundle));
    if (found === undefined) throw new Error('the hosts have no CA');
    const pem = issueAdminCertificate(found, await createKeyFactory()(), now);
    const admin = new X509Certificate(pem);
    const ca = new X509Certificate(found.certificatePem);
    expect(admin.subject.split('\n').sort()).toEqual(['CN=kube-admin', 'O=system:masters']);
    expect(admin.verify(ca.publicKey)).toBe(true);
  });
});
