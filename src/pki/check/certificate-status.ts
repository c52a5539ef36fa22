import type { CertificateBundle, CertificateName } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { tokenName } from '../required/certificate-paths.js';
import { describeBundle, type CertificateDescription } from './describe-bundle.js';
import { parseCertificate } from '../x509/pem.js';

export interface CertificateStatus extends CertificateDescription {
  /** True for a CA: everything that it signed expires with it. */
  readonly isAuthority: boolean;
  /** False if only the key is in use, so that the end of the certificate does not matter. */
  readonly isUsed: boolean;
  /** Names and addresses, in the order of the certificate. */
  readonly sans: readonly string[];
  /** Whole days; negative if it has expired. */
  readonly daysLeft: number;
}

/** Lists every certificate of a bundle with what an operator needs to know: CAs first, then by end. */
export function listCertificateStatuses(bundle: CertificateBundle, now: Date): CertificateStatus[] {
  return describeBundle(bundle)
    .map((one) => ({
      ...one,
      isAuthority: parseCertificate(bundle[one.name]?.certificatePEM ?? '')?.ca === true,
      isUsed: isCertificateUsed(one.name),
      sans: listSans(bundle[one.name]?.certificatePEM ?? ''),
      daysLeft: countDaysLeft(one.expires, now),
    }))
    .sort(
      (a, b) => Number(b.isAuthority) - Number(a.isAuthority) || a.expires.getTime() - b.expires.getTime(),
    );
}

/** Of the pair that signs service account tokens only the key is in use. */
export const isCertificateUsed = (name: CertificateName): boolean => name !== tokenName;

/** A certificate found on a host, compared with the one in the state. */
export interface HostCertificateStatus {
  readonly name: CertificateName;
  readonly expires: Date | undefined;
  readonly daysLeft: number | undefined;
  /** `same` as in the state, different but `as-good`, different and not, `missing`, or not a certificate. */
  readonly match: 'same' | 'as-good' | 'differs' | 'missing' | 'unreadable';
  /** As for the certificate in the state. */
  readonly isUsed: boolean;
}

/**
 * Compares the certificates on a host with those that it should have.
 *
 * @param found PEM texts by name, from the host
 * @param isAsGood true if the host can keep a certificate that differs from the state (`createHostCertificateCheck`)
 */
export function compareWithHost(
  expected: ReadonlyMap<CertificateName, string>,
  found: ReadonlyMap<CertificateName, string>,
  now: Date,
  isAsGood: (name: CertificateName, found: string) => boolean = () => false,
): HostCertificateStatus[] {
  return [...expected].map(([name, wanted]) => {
    const one = { name, isUsed: isCertificateUsed(name) };
    const pem = found.get(name);
    if (pem === undefined) return { ...one, expires: undefined, daysLeft: undefined, match: 'missing' };
    const certificate = parseCertificate(pem);
    if (certificate === undefined)
      return { ...one, expires: undefined, daysLeft: undefined, match: 'unreadable' };
    const expires = new Date(certificate.validTo);
    const isSame = parseCertificate(wanted)?.fingerprint256 === certificate.fingerprint256;
    const match = isSame ? 'same' : isAsGood(name, pem) ? 'as-good' : 'differs';
    return { ...one, expires, daysLeft: countDaysLeft(expires, now), match };
  });
}

function listSans(pem: string): string[] {
  const names = parseCertificate(pem)?.subjectAltName ?? '';
  return names === '' ? [] : names.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
}
