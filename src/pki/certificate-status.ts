import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from './certificates.js';
import { daysLeft } from './days-left.js';
import { tokenName } from './rotation.js';
import { describeBundle, type CertificateDescription } from './describe-bundle.js';

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
export function certificateStatuses(bundle: CertificateBundle, now: Date): CertificateStatus[] {
  return describeBundle(bundle)
    .map((one) => ({
      ...one,
      isAuthority: read(bundle[one.name]?.certificatePEM ?? '')?.ca === true,
      isUsed: isUsed(one.name),
      sans: sansOf(bundle[one.name]?.certificatePEM ?? ''),
      daysLeft: daysLeft(one.expires, now),
    }))
    .sort(
      (a, b) => Number(b.isAuthority) - Number(a.isAuthority) || a.expires.getTime() - b.expires.getTime(),
    );
}

/** Of the pair that signs service account tokens the key alone is read. */
const isUsed = (name: CertificateName): boolean => name !== tokenName;

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
    const one = { name, isUsed: isUsed(name) };
    const pem = found.get(name);
    if (pem === undefined) return { ...one, expires: undefined, daysLeft: undefined, match: 'missing' };
    const certificate = read(pem);
    if (certificate === undefined)
      return { ...one, expires: undefined, daysLeft: undefined, match: 'unreadable' };
    const expires = new Date(certificate.validTo);
    const isSame = read(wanted)?.fingerprint256 === certificate.fingerprint256;
    const match = isSame ? 'same' : isAsGood(name, pem) ? 'as-good' : 'differs';
    return { ...one, expires, daysLeft: daysLeft(expires, now), match };
  });
}

function sansOf(pem: string): string[] {
  const names = read(pem)?.subjectAltName ?? '';
  return names === '' ? [] : names.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
