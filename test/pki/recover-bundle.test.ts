import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authorityOn, issueAdmin, recoverBundle } from '../../src/pki/recover-bundle.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { hostTexts } from './host-texts.js';
import { now, reconcile, rkeBundle, rkeSpec } from './takeover.js';

const rest = Object.fromEntries(Object.entries(rkeBundle).filter(([name]) => name !== 'kube-admin'));

describe('recoverBundle', { timeout: 60_000 }, () => {
  it('gives back, byte for byte, every entry that RKE had in its state, but for kube-admin', () => {
    expect(recoverBundle(hostTexts(rkeBundle), rkeSpec)).toEqual(rest);
  });

  it('leaves what is to be issued to kube-admin alone', async () => {
    const { bundle, changes } = await reconcile(rkeSpec, recoverBundle(hostTexts(rkeBundle), rkeSpec));
    expect(changes).toEqual([{ name: 'kube-admin', kind: 'issued', reason: 'missing' }]);
    expect(bundle['kube-ca']).toEqual(rkeBundle['kube-ca']);
  });

  it('leaves out what has no key, as the authority on a worker', () => {
    const files = hostTexts(rkeBundle);
    files.delete('/etc/kubernetes/ssl/kube-ca-key.pem');
    expect(authorityOn(files)).toBeUndefined();
    expect(Object.keys(recoverBundle(files, rkeSpec))).not.toContain('kube-ca');
  });
});

describe('issueAdmin', { timeout: 60_000 }, () => {
  it('makes an administrator that the authority of the hosts vouches for', async () => {
    const authority = authorityOn(hostTexts(rkeBundle));
    if (authority === undefined) throw new Error('the hosts have the authority');
    const pem = issueAdmin(authority, await createKeyFactory()(), now);
    const admin = new X509Certificate(pem);
    const ca = new X509Certificate(authority.certificatePem);
    expect(admin.subject.split('\n').sort()).toEqual(['CN=kube-admin', 'O=system:masters']);
    expect(admin.verify(ca.publicKey)).toBe(true);
  });
});
