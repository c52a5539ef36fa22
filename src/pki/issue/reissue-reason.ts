import type { CertificatePki } from '../certificates.js';
import { countDaysLeft, renewalDays, type Validity } from '../x509/validity.js';
import type { CertificateRequest } from '../required/certificate-requests.js';
import { coversSans, type Sans } from '../x509/sans.js';
import { matchesKeyAndCa, readCertificate, type CaKeyPair } from '../x509/x509.js';

export type ReissueReason =
  'expired' | 'expires soon' | 'names differ' | 'unreadable' | 'not of this authority' | 'rotated';

/**
 * Why a certificate that the state has cannot be kept; undefined if it is good. RKE looked at no date: a cluster that nobody
 * rotated stopped after ten years. A certificate ends with its CA, whatever date it has.
 */
export function findReissueReason(
  entry: CertificatePki | undefined,
  request: CertificateRequest,
  { authority, now }: { readonly authority: CaKeyPair; readonly now: Date },
): ReissueReason | 'missing' | undefined {
  if (entry === undefined || entry.certificatePEM === '' || entry.keyPEM === '') return 'missing';
  const facts = readCertificate(entry.certificatePEM);
  if (facts === undefined) return 'unreadable';
  if (!matchesKeyAndCa(entry.certificatePEM, entry.keyPEM, authority.certificatePem))
    return 'not of this authority';
  return (
    findRenewalReason(facts, { authority, now }) ??
    (hasValidNames(facts.sans, request) ? undefined : 'names differ')
  );
}

/**
 * Why the dates of a certificate ask for a new one. One that ends soon is kept if its CA ends no later: a new one would be no
 * better, and every run would make another.
 */
export function findRenewalReason(
  { notAfter }: Pick<Validity, 'notAfter'>,
  { authority, now }: { readonly authority: CaKeyPair; readonly now: Date },
): 'expired' | 'expires soon' | undefined {
  const authorityEnd = readCertificate(authority.certificatePem)?.notAfter;
  if (notAfter <= now || (authorityEnd !== undefined && authorityEnd <= now)) return 'expired';
  const gains = authorityEnd === undefined || notAfter < authorityEnd;
  return gains && countDaysLeft(notAfter, now) < renewalDays ? 'expires soon' : undefined;
}

/**
 * The order of names counts for the API server, as with RKE (pki/services.go). A member of etcd may have more names than it
 * needs: RKE leaves such certificates on the hosts when a member goes. The names of a kubelet are left alone.
 */
function hasValidNames(sans: Sans, { sans: wanted, sansCompared }: CertificateRequest): boolean {
  if (sansCompared === 'never') return true;
  if (sansCompared === 'covered') return coversSans(sans, wanted);
  return same(sans.dnsNames, wanted.dnsNames) && same(sans.ips, wanted.ips);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
