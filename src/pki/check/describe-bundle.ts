import type { CertificateBundle, CertificateName } from '../certificates.js';
import { parseCertificate } from '../x509/pem.js';

/** The public fields of a certificate. */
export interface CertificateDescription {
  readonly name: CertificateName;
  /** E.g. `CN=system:node, O=system:nodes`. */
  readonly subject: string;
  readonly issuer: string;
  readonly expires: Date;
  /** SHA-256, in the format of `openssl x509 -fingerprint -sha256`. */
  readonly fingerprint: string;
  /** True if a CA of the same bundle signed it. */
  readonly isSignedHere: boolean;
}

/** Describes the certificates of a bundle in the order of their names; unreadable ones are omitted. */
export function describeBundle(bundle: CertificateBundle): CertificateDescription[] {
  const read = Object.keys(bundle)
    .sort()
    .flatMap((name) => {
      const certificate = parseCertificate(bundle[name]?.certificatePEM ?? '');
      return certificate === undefined ? [] : [{ name, certificate }];
    });
  const cas = read.map(({ certificate }) => certificate).filter(({ ca }) => ca);
  return read.map(({ name, certificate }) => ({
    name,
    subject: joinLines(certificate.subject),
    issuer: joinLines(certificate.issuer),
    expires: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    isSignedHere: cas.some((ca) => certificate.verify(ca.publicKey)),
  }));
}

/** Joins Node's format of one attribute per line, last attribute first. */
function joinLines(name: string | undefined): string {
  return (name ?? '').split('\n').toReversed().join(', ');
}
