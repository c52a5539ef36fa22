import type { CertificateBundle, CertificateName } from '../certificates.js';
import { parseCertificate } from '../x509/pem.js';

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
      const certificate = parseCertificate(bundle[name]?.certificatePEM ?? '');
      return certificate === undefined ? [] : [{ name, certificate }];
    });
  const authorities = read.map(({ certificate }) => certificate).filter(({ ca }) => ca);
  return read.map(({ name, certificate }) => ({
    name,
    subject: joinLines(certificate.subject),
    issuer: joinLines(certificate.issuer),
    expires: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    isSignedHere: authorities.some((authority) => certificate.verify(authority.publicKey)),
  }));
}

/** Node gives one attribute per line. */
function joinLines(name: string | undefined): string {
  return (name ?? '').split('\n').toReversed().join(', ');
}
