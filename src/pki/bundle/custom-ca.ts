import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { clusterCas } from '../required/certificate-requests.js';
import { parseCertificate } from '../x509/pem.js';
import { isPrivateKey } from '../x509/x509.js';

/**
 * True if the bundle has a custom CA. RKE records the name of its file as the common name, and `system:kube-ca` for a CA that
 * RKE created (pki/util.go ReadCertsAndKeysFromDir).
 */
export function isCustomCa(bundle: CertificateBundle): boolean {
  return bundle['kube-ca']?.commonName === 'kube-ca';
}

/**
 * The same, from the files of a control-plane host: rke and RKE v1 store the key of a CA that they created there, and its
 * common name is `kube-ca`.
 *
 * @param keyPem empty if the host has no key
 */
export function isCustomCaOnHosts(certificatePem: string, keyPem: string): boolean {
  return keyPem === '' || parseCertificate(certificatePem)?.subject !== 'CN=kube-ca';
}

/** Lists the custom CAs that cannot sign here: those without a key, or with one that is not RSA. */
export function listKeylessCas(bundle: CertificateBundle): CertificateName[] {
  if (!isCustomCa(bundle)) return [];
  return clusterCas
    .map(({ name }) => name)
    .filter((name) => bundle[name] !== undefined && !isPrivateKey(bundle[name].keyPEM));
}

/** True if both CAs have the same subject and key: whoever trusts one accepts certificates that the other signed. */
export function isSameCa(one: X509Certificate, otherPem: string): boolean {
  try {
    const other = new X509Certificate(otherPem);
    return one.subject === other.subject && one.publicKey.equals(other.publicKey);
  } catch {
    return false;
  }
}
