import { createBundleEntry } from '../bundle/bundle-entry.js';
import type { CertificatePki } from '../certificates.js';
import { isRotated, type Rotation } from './rotation.js';
import { tokenName } from '../required/certificate-paths.js';
import { noSans } from '../x509/sans.js';
import { findRenewalReason, type ReissueReason } from './reissue-reason.js';
import { isPrivateKey, readCertificate, signCertificate, type CaKeyPair } from '../x509/x509.js';

/**
 * Renews the certificate of the key that signs service account tokens, if it expires or everything is rotated. Only the key is
 * in use, and it must stay; the certificate is renewed so that it is not reported forever.
 *
 * @returns undefined if the certificate can stay or cannot be read, or if the key is not RSA
 */
export function renewTokenCertificate(
  entry: CertificatePki | undefined,
  options: { readonly ca: CaKeyPair; readonly rotation: Rotation; readonly now: Date },
): { readonly entry: CertificatePki; readonly reason: ReissueReason } | undefined {
  const { ca, rotation, now } = options;
  const facts = readCertificate(entry?.certificatePEM ?? '');
  if (entry === undefined || facts === undefined || !isPrivateKey(entry.keyPEM)) return undefined;
  const reason = isRotated(tokenName, rotation) ? 'rotated' : findRenewalReason(facts, { ca, now });
  if (reason === undefined) return undefined;
  const { keyPEM: keyPem } = entry;
  const subject = { commonName: tokenName, server: false, sans: noSans };
  return {
    entry: createTokenEntry({ certificatePem: signCertificate({ ...subject, keyPem, ca, now }), keyPem }),
    reason,
  };
}

/**
 * Creates the entry of the key that signs service account tokens. In a new cluster it is a copy of kube-apiserver's pair (RKE
 * pki/services.go:49-53). Its key is never replaced, because that would invalidate every token in the cluster.
 */
export function createTokenEntry(pair: CaKeyPair): CertificatePki {
  return createBundleEntry({ name: tokenName, ...pair, commonName: tokenName, kubeconfig: false });
}
