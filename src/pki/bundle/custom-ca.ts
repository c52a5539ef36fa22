import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { clusterCas } from '../required/certificate-requests.js';
import { parseCertificate } from '../x509/pem.js';
import { isPrivateKey } from '../x509/x509.js';

/**
 * Is the authority the user's own? RKE notes the name of its file with it, and `system:kube-ca` with one that it made
 * (pki/util.go ReadCertsAndKeysFromDir), so the bundle tells.
 */
export function isCustomCa(bundle: CertificateBundle): boolean {
  return bundle['kube-ca']?.commonName === 'kube-ca';
}

/**
 * The same, told by what the hosts have: `rke` and RKE leave the key of theirs on every control plane, and name it `kube-ca`.
 *
 * @param keyPem empty where there is none
 */
export function isCustomCaOnHosts(certificatePem: string, keyPem: string): boolean {
  return keyPem === '' || parseCertificate(certificatePem)?.subject !== 'CN=kube-ca';
}

/** Authorities of the user's own that sign nothing here: they came without their key, or with one that is not RSA. */
export function listKeylessCas(bundle: CertificateBundle): CertificateName[] {
  if (!isCustomCa(bundle)) return [];
  return clusterCas
    .map(({ name }) => name)
    .filter((name) => bundle[name] !== undefined && !isPrivateKey(bundle[name].keyPEM));
}

/** Does whoever trusts the one trust certificates that the other has signed: the same key under the same name? */
export function isSameCa(one: X509Certificate, otherPem: string): boolean {
  try {
    const other = new X509Certificate(otherPem);
    return one.subject === other.subject && one.publicKey.equals(other.publicKey);
  } catch {
    return false;
  }
}
