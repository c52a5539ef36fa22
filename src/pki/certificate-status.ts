import { X509Certificate } from 'node:crypto';
import type { CertificateBundle, CertificateName } from './certificates.js';
import { daysLeft } from './days-left.js';
import { describeBundle, type CertificateDescription } from './describe-bundle.js';

export interface CertificateStatus extends CertificateDescription {
  /** Names and addresses that it is for, in its order. */
  readonly sans: readonly string[];
  /** Whole days; negative when it has expired. */
  readonly daysLeft: number;
}

/** Every certificate of a bundle with what people want to know of it, those that end first at the top. */
export function certificateStatuses(bundle: CertificateBundle, now: Date): CertificateStatus[] {
  return describeBundle(bundle)
    .map((one) => ({
      ...one,
      sans: sansOf(bundle[one.name]?.certificatePEM ?? ''),
      daysLeft: daysLeft(one.expires, now),
    }))
    .sort((a, b) => a.expires.getTime() - b.expires.getTime());
}

/** A certificate as it was found on a host, beside the one that the state has. */
export interface HostCertificateStatus {
  readonly name: CertificateName;
  readonly expires: Date | undefined;
  readonly daysLeft: number | undefined;
  /** `same` as in the state, another one, none where one belongs, or no certificate at all. */
  readonly match: 'same' | 'differs' | 'missing' | 'unreadable';
}

/**
 * Compares what a host has with what it should have.
 *
 * @param found PEM texts by name, as they are on the host
 */
export function compareWithHost(
  expected: ReadonlyMap<CertificateName, string>,
  found: ReadonlyMap<CertificateName, string>,
  now: Date,
): HostCertificateStatus[] {
  return [...expected].map(([name, wanted]) => {
    const pem = found.get(name);
    if (pem === undefined) return { name, expires: undefined, daysLeft: undefined, match: 'missing' };
    const certificate = read(pem);
    if (certificate === undefined)
      return { name, expires: undefined, daysLeft: undefined, match: 'unreadable' };
    const expires = new Date(certificate.validTo);
    const match = read(wanted)?.fingerprint256 === certificate.fingerprint256 ? 'same' : 'differs';
    return { name, expires, daysLeft: daysLeft(expires, now), match };
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
