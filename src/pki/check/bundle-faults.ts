import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { requestHeaderCa } from '../required/certificate-requests.js';
import { listMissingUsages } from '../required/extended-usage.js';
import { tokenName } from '../required/certificate-paths.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import { parseCertificate } from '../x509/pem.js';

/** A fault of the certificates in a state that must be fixed before any run. */
export interface BundleFault {
  readonly name: CertificateName;
  readonly code: 'STATE_WITHOUT_CA' | 'STATE_KEY' | 'STATE_KEY_MISMATCH' | 'STATE_CERTIFICATE_USAGE';
  readonly message: string;
}

/**
 * Finds the faults of a damaged or hand-edited state: a CA without its key, a key that is invalid or belongs to another
 * certificate, a certificate with the wrong usages. Missing, expired and outdated certificates are not faults, because a run
 * reissues them. A custom CA may lack its key.
 *
 * @returns all faults, CAs first; empty for a valid bundle
 */
export function findBundleFaults(bundle: CertificateBundle): BundleFault[] {
  if (Object.keys(bundle).length === 0) return [];
  const isCustom = isCustomCa(bundle);
  return [
    ...findCaFaults('kube-ca', bundle['kube-ca'] ?? { certificatePEM: '', keyPEM: '' }, isCustom),
    ...Object.entries(bundle).flatMap(([name, entry]) =>
      name === 'kube-ca'
        ? []
        : name === requestHeaderCa
          ? findOptionalCaFaults(entry, isCustom)
          : findLeafFaults(name, entry),
    ),
  ];
}

type Pair = Pick<CertificatePki, 'certificatePEM' | 'keyPEM'>;

/** Clusters of early RKE versions have no such CA, but a certificate without its key is a fault. */
function findOptionalCaFaults(pair: Pair, isCustom: boolean): BundleFault[] {
  return pair.certificatePEM === '' && pair.keyPEM === ''
    ? []
    : findCaFaults(requestHeaderCa, pair, isCustom);
}

function findCaFaults(
  name: CertificateName,
  { certificatePEM, keyPEM }: Pair,
  isCustom: boolean,
): BundleFault[] {
  const certificate = parseCertificate(certificatePEM);
  if (isCustom && keyPEM === '' && certificate !== undefined) return findCaUsageFaults(name, certificate);
  const key = readKey(keyPEM);
  const missing = certificate === undefined ? 'certificate' : key === undefined ? 'private key' : undefined;
  if (missing !== undefined || certificate === undefined || key === undefined)
    return [
      {
        name,
        code: 'STATE_WITHOUT_CA',
        message: `the CA ${name} has no usable ${missing ?? 'private key'}`,
      },
    ];
  if (!certificate.checkPrivateKey(key)) return [createMismatch(name)];
  return findCaUsageFaults(name, certificate);
}

function findCaUsageFaults(name: CertificateName, { ca }: X509Certificate): BundleFault[] {
  return ca ? [] : [createUsageFault(name, 'is not a CA certificate, so it cannot sign others')];
}

function findLeafFaults(name: CertificateName, { certificatePEM, keyPEM }: Pair): BundleFault[] {
  if (keyPEM === '') return [];
  const key = readKey(keyPEM);
  if (key === undefined)
    return [{ name, code: 'STATE_KEY', message: `the private key of ${name} cannot be read` }];
  const certificate = parseCertificate(certificatePEM);
  // Only the key of the token's pair is in use; in clusters that RKE took over the certificate may belong to another key.
  if (certificate === undefined || name === tokenName) return [];
  if (!certificate.checkPrivateKey(key)) return [createMismatch(name)];
  return findUsageFaults(name, certificate);
}

function findUsageFaults(name: CertificateName, certificate: X509Certificate): BundleFault[] {
  if (certificate.ca)
    return [createUsageFault(name, 'is a CA certificate; expected a server or client certificate')];
  const [missing] = listMissingUsages(name, certificate);
  if (missing === undefined) return [];
  const holder = missing === 'serverAuth' ? 'server' : 'client';
  return [createUsageFault(name, `cannot be used by a ${holder} (extended key usage ${missing} is missing)`)];
}

function createMismatch(name: CertificateName): BundleFault {
  return {
    name,
    code: 'STATE_KEY_MISMATCH',
    message: `the private key of ${name} does not match its certificate`,
  };
}

function createUsageFault(name: CertificateName, what: string): BundleFault {
  return { name, code: 'STATE_CERTIFICATE_USAGE', message: `the certificate of ${name} ${what}` };
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
