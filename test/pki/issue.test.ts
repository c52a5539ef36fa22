import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateBundle, CertificatePki } from '../../src/pki/certificates.js';
import { now, reconcile, rkeBundle, rkeSpec } from './takeover.js';

let bundle: CertificateBundle;
let folder: string;

beforeAll(async () => {
  const kubelet = { ...rkeSpec.services.kubelet, generateServingCertificate: true };
  const spec = { ...rkeSpec, services: { ...rkeSpec.services, kubelet } };
  ({ bundle } = await reconcile(spec));
  folder = mkdtempSync(join(tmpdir(), 'rke-pki-'));
  for (const { name, certificatePEM } of Object.values(bundle)) {
    writeFileSync(join(folder, `${name}.pem`), certificatePEM);
  }
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the certificates of a new cluster', () => {
  it('equal those of RKE v1 except for keys, serials and dates', () => {
    const described = ({ certificatePEM, keyPEM, config, ...rest }: CertificatePki): object => {
      return { ...rest, filled: [certificatePEM, keyPEM, config].map((text) => text !== '') };
    };
    const withoutKubelets = Object.entries(bundle).filter(([name]) => !name.startsWith('kube-kubelet-'));
    expect(withoutKubelets.map(([name, entry]) => [name, described(entry)])).toEqual(
      Object.entries(rkeBundle).map(([name, entry]) => [name, described(entry)]),
    );
  });

  it('have the same fields as those of RKE v1 according to openssl', () => {
    const essence = (pem: string): string =>
      openssl(['x509', '-noout', '-text', '-certopt', 'no_pubkey,no_sigdump,no_serial,no_validity'], pem)
        // Key identifiers differ.
        .replaceAll(/([\dA-F]{2}:){19}[\dA-F]{2}/g, 'KEY');
    for (const [name, { certificatePEM }] of Object.entries(rkeBundle)) {
      expect(essence(pemOf(name)), name).toBe(essence(certificatePEM));
    }
  });

  it('are valid for their CA and their purpose according to openssl', () => {
    for (const name of leaves()) {
      const front = name === 'kube-apiserver-proxy-client';
      const ca = front ? 'kube-apiserver-requestheader-ca' : 'kube-ca';
      const uses = new X509Certificate(pemOf(name)).keyUsage.includes('1.3.6.1.5.5.7.3.1')
        ? ['sslclient', 'sslserver']
        : ['sslclient'];
      for (const use of uses) {
        const at = String(Math.floor(now.getTime() / 1000));
        const files = ['-CAfile', join(folder, `${ca}.pem`), join(folder, `${name}.pem`)];
        expect(openssl(['verify', '-attime', at, '-x509_strict', '-purpose', use, ...files])).toContain('OK');
      }
    }
  });

  it('match their keys, which are RSA of 2048 bits in PKCS#1', () => {
    for (const { name, certificatePEM, keyPEM } of Object.values(bundle)) {
      const key = createPrivateKey(keyPEM);
      expect(keyPEM, name).toMatch(
        /^-----BEGIN RSA PRIVATE KEY-----\n[^\r]*\n-----END RSA PRIVATE KEY-----\n$/,
      );
      expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
      expect(new X509Certificate(certificatePEM).checkPrivateKey(key), name).toBe(true);
    }
  });

  it('are valid from the start of the CA, backdated by an hour, for ten years of 365 days', () => {
    for (const name of leaves()) {
      const { validFrom, validTo } = new X509Certificate(pemOf(name));
      expect(new Date(validFrom).toISOString()).toBe('2026-12-24T11:00:00.000Z');
      expect(new Date(validTo).toISOString()).toBe('2036-12-21T12:00:00.000Z');
    }
  });

  it('have unique serial numbers, positive and below 2^63', () => {
    const serials = leaves().map((name) => BigInt(`0x${new X509Certificate(pemOf(name)).serialNumber}`));
    expect(new Set(serials).size).toBe(serials.length);
    expect(serials.every((serial) => serial > 0n && serial < 2n ** 63n)).toBe(true);
    expect(BigInt(`0x${new X509Certificate(pemOf('kube-ca')).serialNumber}`)).toBe(0n);
  });

  it('share the same keys as in RKE v1', () => {
    expect(bundle['kube-service-account-token']?.keyPEM).toBe(bundle['kube-apiserver']?.keyPEM);
    expect(bundle['kube-service-account-token']?.certificatePEM).toBe(pemOf('kube-apiserver'));
    expect(bundle['kube-node']?.keyPEM).toBe(bundle['kube-proxy']?.keyPEM);
    expect(new Set(Object.values(bundle).map(({ keyPEM }) => keyPEM)).size).toBe(
      Object.keys(bundle).length - 2,
    );
  });

  it('include a serving certificate for each kubelet', () => {
    const { subjectAltName, subject } = new X509Certificate(pemOf('kube-kubelet-172-30-0-81'));
    expect(subject).toBe('CN=kube-kubelet-172-30-0-81');
    expect(subjectAltName).toBe('DNS:node-a, IP Address:172.30.0.81');
  });
});

function leaves(): string[] {
  return Object.keys(bundle).filter((name) => !name.endsWith('-ca') && name !== 'kube-service-account-token');
}

function pemOf(name: string): string {
  return bundle[name]?.certificatePEM ?? '';
}

function openssl(args: readonly string[], input = ''): string {
  return execFileSync('openssl', args, { input, encoding: 'utf8' });
}
