import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { listMissingUsages } from '../required/extended-usage.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import { parseCertificate } from '../x509/pem.js';

/** One thing about the certificates of a state that no run may build on. */
export interface BundleFault {
  readonly name: CertificateName;
  readonly code: 'STATE_WITHOUT_CA' | 'STATE_KEY' | 'STATE_KEY_MISMATCH' | 'STATE_CERTIFICATE_USAGE';
  readonly message: string;
}

/**
 * Looks for what a damaged or hand-edited state has: an authority without its key, a key that is none or another one's, a
 * certificate that may not be used for what it is there for. Missing, expired and outdated certificates are no faults:
 * they are issued anew. An authority of the user's own may come without its key, which is then nowhere.
 *
 * @returns all faults, authorities first; empty for a bundle that can be built on
 */
export function findBundleFaults(bundle: CertificateBundle): BundleFault[] {
  if (Object.keys(bundle).length === 0) return [];
  const isOwn = isCustomCa(bundle);
  return [
    ...findCaFaults('kube-ca', bundle['kube-ca'] ?? { certificatePEM: '', keyPEM: '' }, isOwn),
    ...Object.entries(bundle).flatMap(([name, entry]) =>
      name === 'kube-ca'
        ? []
        : name === requestHeader
          ? findOptionalCaFaults(entry, isOwn)
          : findLeafFaults(name, entry),
    ),
  ];
}

const requestHeader = 'kube-apiserver-requestheader-ca';
type Pair = Pick<CertificatePki, 'certificatePEM' | 'keyPEM'>;

/** Clusters of the first RKE had none; half of one is a fault all the same. */
function findOptionalCaFaults(pair: Pair, isOwn: boolean): BundleFault[] {
  return pair.certificatePEM === '' && pair.keyPEM === '' ? [] : findCaFaults(requestHeader, pair, isOwn);
}

function findCaFaults(
  name: CertificateName,
  { certificatePEM, keyPEM }: Pair,
  isOwn: boolean,
): BundleFault[] {
  const certificate = parseCertificate(certificatePEM);
  if (isOwn && keyPEM === '' && certificate !== undefined) return findCaUsageFaults(name, certificate);
  const key = readKey(keyPEM);
  const missing = certificate === undefined ? 'certificate' : key === undefined ? 'private key' : undefined;
  if (missing !== undefined || certificate === undefined || key === undefined)
    return [
      {
        name,
        code: 'STATE_WITHOUT_CA',
        message: `the authority ${name} has no usable ${missing ?? 'private key'}`,
      },
    ];
  if (!certificate.checkPrivateKey(key)) return [createMismatch(name)];
  return findCaUsageFaults(name, certificate);
}

function findCaUsageFaults(name: CertificateName, { ca }: X509Certificate): BundleFault[] {
  return ca ? [] : [createUsageFault(name, 'does not belong to an authority: it may not sign others')];
}

function findLeafFaults(name: CertificateName, { certificatePEM, keyPEM }: Pair): BundleFault[] {
  if (keyPEM === '') return [];
  const key = readKey(keyPEM);
  if (key === undefined)
    return [{ name, code: 'STATE_KEY', message: `the private key of ${name} cannot be read` }];
  const certificate = parseCertificate(certificatePEM);
  // Of the token's pair the key alone is used; RKE took over clusters where the certificate is another one's.
  if (certificate === undefined || name === 'kube-service-account-token') return [];
  if (!certificate.checkPrivateKey(key)) return [createMismatch(name)];
  return findUsageFaults(name, certificate);
}

function findUsageFaults(name: CertificateName, certificate: X509Certificate): BundleFault[] {
  if (certificate.ca)
    return [createUsageFault(name, 'is one of an authority, where one of a server or client belongs')];
  const [lacking] = listMissingUsages(name, certificate);
  if (lacking === undefined) return [];
  const holder = lacking === 'serverAuth' ? 'server' : 'client';
  return [createUsageFault(name, `may not be used by a ${holder} (its extended key usage lacks ${lacking})`)];
}

function createMismatch(name: CertificateName): BundleFault {
  return {
    name,
    code: 'STATE_KEY_MISMATCH',
    message: `the private key of ${name} does not go with its certificate`,
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
