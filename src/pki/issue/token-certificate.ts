import { createBundleEntry } from '../bundle/bundle-entry.js';
import type { CertificateChange } from './certificate-change.js';
import type { CertificatePki } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { isRotated, type Rotation } from './rotation.js';
import { tokenName } from '../required/certificate-paths.js';
import { noSans } from '../x509/sans.js';
import { findRenewalReason } from './reissue-reason.js';
import { isPrivateKey, readCertificate, signCertificate, type CaKeyPair } from '../x509/x509.js';

/**
 * The pair of the service account token with a new certificate for its old key, if the certificate ends or all are rotated.
 * The key alone is in use, and must stay; the certificate is renewed so that nobody is warned of it for ever. RKE makes it
 * once, as a copy of kube-apiserver's (pki/services.go:49-53).
 *
 * @returns undefined if it can stay, or there is no date to go by, or the key cannot be worked with
 */
export function renewTokenCertificate(
  entry: CertificatePki | undefined,
  options: { readonly authority: CaKeyPair; readonly rotation: Rotation; readonly now: Date },
): { readonly entry: CertificatePki; readonly change: CertificateChange } | undefined {
  const { authority, rotation, now } = options;
  const facts = readCertificate(entry?.certificatePEM ?? '');
  if (entry === undefined || facts === undefined || !isPrivateKey(entry.keyPEM)) return undefined;
  const reason = isRotated(tokenName, rotation) ? 'rotated' : findRenewalReason(facts, { authority, now });
  if (reason === undefined) return undefined;
  const days = reason === 'rotated' ? {} : { daysLeft: countDaysLeft(facts.notAfter, now) };
  const certificatePem = signCertificate({
    commonName: tokenName,
    server: false,
    sans: noSans,
    keyPem: entry.keyPEM,
    ca: authority,
    now,
  });
  return {
    entry: createBundleEntry({
      name: tokenName,
      certificatePem,
      keyPem: entry.keyPEM,
      commonName: tokenName,
      kubeconfig: false,
    }),
    change: { name: tokenName, kind: 'reissued', reason, ...days },
  };
}
