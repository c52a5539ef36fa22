import type { CertificateBundle, CertificateName } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { tokenName } from '../required/certificate-paths.js';
import { describeBundle, type CertificateDescription } from './describe-bundle.js';
import { parseCertificate } from '../x509/pem.js';

export interface CertificateStatus extends CertificateDescription {
  /** True for a CA: with it ends everything that it signed. */
  readonly isAuthority: boolean;
  /** False if the key alone is in use: the end of the certificate then matters to nobody. */
  readonly isUsed: boolean;
  /** Names and addresses that it is for, in its order. */
  readonly sans: readonly string[];
  /** Whole days; negative when it has expired. */
  readonly daysLeft: number;
}

/** Every certificate of a bundle with what people want to know of it: CAs first, and then those that end first. */
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

/** Of the pair that signs service account tokens the key alone is read. */
const isCertificateUsed = (name: CertificateName): boolean => name !== tokenName;

/** A certificate as it was found on a host, beside the one that the state has. */
export interface HostCertificateStatus {
  readonly name: CertificateName;
  readonly expires: Date | undefined;
  readonly daysLeft: number | undefined;
  /** `same` as in the state, another one that is `as-good`, one that is not, none where one belongs, or no certificate at all. */
  readonly match: 'same' | 'as-good' | 'differs' | 'missing' | 'unreadable';
  /** As of the state's. */
  readonly isUsed: boolean;
}

/**
 * Compares what a host has with what it should have.
 *
 * @param found PEM texts by name, as they are on the host
 * @param isAsGood true if a host can go on with another one than the state's (`hostCertificates`)
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
