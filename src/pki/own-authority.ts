import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from './certificates.js';
import { authorities } from './requirements.js';
import { isPrivateKey } from './x509.js';

/**
 * Is the authority the user's own? RKE notes the name of its file with it, and `system:kube-ca` with one that it made
 * (pki/util.go ReadCertsAndKeysFromDir), so the bundle tells.
 */
export function isOwnAuthority(bundle: CertificateBundle): boolean {
  return bundle['kube-ca']?.commonName === 'kube-ca';
}

/**
 * The same, told by what the hosts have: `rke` and RKE leave the key of theirs on every control plane, and name it `kube-ca`.
 *
 * @param keyPem empty where there is none
 */
export function isOwnOnHosts(certificatePem: string, keyPem: string): boolean {
  return keyPem === '' || readSubject(certificatePem) !== 'CN=kube-ca';
}

function readSubject(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).subject;
  } catch {
    return undefined;
  }
}

/** Authorities of the user's own that sign nothing here: they came without their key, or with one that is not RSA. */
export function keylessAuthorities(bundle: CertificateBundle): CertificateName[] {
  if (!isOwnAuthority(bundle)) return [];
  return authorities
    .map(({ name }) => name)
    .filter((name) => bundle[name] !== undefined && !isPrivateKey(bundle[name].keyPEM));
}

/** Does whoever trusts the one trust certificates that the other has signed: the same key under the same name? */
export function isSameAuthority(one: X509Certificate, otherPem: string): boolean {
  try {
    const other = new X509Certificate(otherPem);
    return one.subject === other.subject && one.publicKey.equals(other.publicKey);
  } catch {
    return false;
  }
}
