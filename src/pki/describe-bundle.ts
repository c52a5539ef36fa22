import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from './certificates.js';

/** What may be shown of a certificate. */
export interface CertificateDescription {
  readonly name: CertificateName;
  /** As `CN=system:node, O=system:nodes`. */
  readonly subject: string;
  readonly issuer: string;
  readonly expires: Date;
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` shows it. */
  readonly fingerprint: string;
  /** Did an authority of the same bundle sign it? */
  readonly isSignedHere: boolean;
}

/** The certificates of a bundle by name; those that cannot be read are left out. */
export function describeBundle(bundle: CertificateBundle): CertificateDescription[] {
  const read = Object.keys(bundle)
    .sort()
    .flatMap((name) => {
      const certificate = readCertificate(bundle[name]?.certificatePEM ?? '');
      return certificate === undefined ? [] : [{ name, certificate }];
    });
  const authorities = read.map(({ certificate }) => certificate).filter(({ ca }) => ca);
  return read.map(({ name, certificate }) => ({
    name,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    expires: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    isSignedHere: authorities.some((authority) => certificate.verify(authority.publicKey)),
  }));
}

/** Node gives one attribute per line. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').toReversed().join(', ');
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
