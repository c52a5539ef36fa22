import type { CertificatePki } from './certificates.js';
import { daysLeft, renewalDays } from './days-left.js';
import type { CertificateRequest } from './requirements.js';
import type { Sans } from './sans.js';
import type { Validity } from './validity.js';
import { belongTogether, readCertificate, type Authority } from './x509.js';

export type ReissueReason =
  'expired' | 'expires soon' | 'names differ' | 'unreadable' | 'not of this authority' | 'rotated';

/**
 * Why a certificate that the state has cannot be kept; undefined if it is good. RKE looked at no date: a cluster that nobody
 * rotated stopped after ten years. A certificate ends with its CA, whatever date it has.
 */
export function whyReissue(
  entry: CertificatePki | undefined,
  request: CertificateRequest,
  { authority, now }: { readonly authority: Authority; readonly now: Date },
): ReissueReason | 'missing' | undefined {
  if (entry === undefined || entry.certificatePEM === '' || entry.keyPEM === '') return 'missing';
  const facts = readCertificate(entry.certificatePEM);
  if (facts === undefined) return 'unreadable';
  if (!belongTogether(entry.certificatePEM, entry.keyPEM, authority.certificatePem))
    return 'not of this authority';
  return (
    whyRenew(facts, { authority, now }) ?? (areGoodNames(facts.sans, request) ? undefined : 'names differ')
  );
}

/**
 * Why the dates of a certificate ask for a new one. One that ends soon is kept if its CA ends no later: a new one would be no
 * better, and every run would make another.
 */
export function whyRenew(
  { notAfter }: Pick<Validity, 'notAfter'>,
  { authority, now }: { readonly authority: Authority; readonly now: Date },
): 'expired' | 'expires soon' | undefined {
  const authorityEnd = readCertificate(authority.certificatePem)?.notAfter;
  if (notAfter <= now || (authorityEnd !== undefined && authorityEnd <= now)) return 'expired';
  const gains = authorityEnd === undefined || notAfter < authorityEnd;
  return gains && daysLeft(notAfter, now) < renewalDays ? 'expires soon' : undefined;
}

/**
 * The order of names counts for the API server, as with RKE (pki/services.go). A member of etcd may have more names than it
 * needs: RKE leaves such certificates on the hosts when a member goes. The names of a kubelet are left alone.
 */
function areGoodNames(sans: Sans, { sans: wanted, sansCompared }: CertificateRequest): boolean {
  if (sansCompared === 'never') return true;
  if (sansCompared === 'covered') return covers(sans, wanted);
  return same(sans.dnsNames, wanted.dnsNames) && same(sans.ips, wanted.ips);
}

/** True if a certificate with the first names can stand for all of the second. */
export function covers(sans: Sans, wanted: Sans): boolean {
  const dnsNames = new Set(sans.dnsNames.map((name) => name.toLowerCase()));
  return (
    wanted.dnsNames.every((name) => dnsNames.has(name.toLowerCase())) &&
    wanted.ips.every((ip) => sans.ips.includes(ip))
  );
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
