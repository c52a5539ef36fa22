import { bundleEntry } from './bundle-entry.js';
import type { CertificateChange } from './certificate-change.js';
import type { CertificatePki } from './certificates.js';
import { daysLeft } from './days-left.js';
import { isRotated, tokenName, type Rotation } from './rotation.js';
import { noSans } from './sans.js';
import { whyRenew } from './why-reissue.js';
import { isPrivateKey, readCertificate, sign, type Authority } from './x509.js';

/**
 * The pair of the service account token with a new certificate for its old key, if the certificate ends or all are rotated.
 * The key alone is in use, and must stay; the certificate is renewed so that nobody is warned of it for ever. RKE makes it
 * once, as a copy of kube-apiserver's (pki/services.go:49-53).
 *
 * @returns undefined if it can stay, or there is no date to go by, or the key cannot be worked with
 */
export function renewedToken(
  entry: CertificatePki | undefined,
  options: { readonly authority: Authority; readonly rotation: Rotation; readonly now: Date },
): { readonly entry: CertificatePki; readonly change: CertificateChange } | undefined {
  const { authority, rotation, now } = options;
  const facts = readCertificate(entry?.certificatePEM ?? '');
  if (entry === undefined || facts === undefined || !isPrivateKey(entry.keyPEM)) return undefined;
  const reason = isRotated(tokenName, rotation) ? 'rotated' : whyRenew(facts, { authority, now });
  if (reason === undefined) return undefined;
  const days = reason === 'rotated' ? {} : { daysLeft: daysLeft(facts.notAfter, now) };
  const certificatePem = sign({
    commonName: tokenName,
    server: false,
    sans: noSans,
    keyPem: entry.keyPEM,
    authority,
    now,
  });
  return {
    entry: bundleEntry({
      name: tokenName,
      certificatePem,
      keyPem: entry.keyPEM,
      commonName: tokenName,
      kubeconfig: false,
    }),
    change: { name: tokenName, kind: 'reissued', reason, ...days },
  };
}
