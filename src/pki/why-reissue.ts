import type { CertificatePki } from './certificates.js';
import { daysLeft, renewalDays } from './days-left.js';
import type { CertificateRequest } from './requirements.js';
import type { Sans } from './sans.js';
import { belongTogether, readCertificate, type Authority } from './x509.js';

export type ReissueReason =
  'expired' | 'expires soon' | 'names differ' | 'unreadable' | 'not of this authority' | 'rotated';

/**
 * Why a certificate that the state has cannot be kept; undefined where it is good. RKE looked at no date: a cluster that
 * nobody rotated stopped after ten years.
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
  if (facts.notAfter <= now) return 'expired';
  if (!sameNames(facts.sans, request)) return 'names differ';
  return daysLeft(facts.notAfter, now) < renewalDays ? 'expires soon' : undefined;
}

/** RKE pki/services.go: the order counts for the API server, not for etcd, and a kubelet's are left alone. */
function sameNames(sans: Sans, { sans: wanted, sansCompared }: CertificateRequest): boolean {
  if (sansCompared === 'never') return true;
  const arranged = sansCompared === 'set' ? sortedSet : (names: readonly string[]) => names;
  return (
    same(arranged(sans.dnsNames), arranged(wanted.dnsNames)) && same(arranged(sans.ips), arranged(wanted.ips))
  );
}

function sortedSet(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
