import type { CertificatePki } from '../certificates.js';
import { countDaysLeft, renewalDays, type Validity } from '../x509/validity.js';
import type { CertificateRequest } from '../required/certificate-requests.js';
import { coversSans, type Sans } from '../x509/sans.js';
import { matchesKeyAndCa, readCertificate, type CaKeyPair } from '../x509/x509.js';

export type ReissueReason =
  'expired' | 'expires soon' | 'names differ' | 'unreadable' | 'signed by another CA' | 'rotated';

/**
 * Finds the reason to reissue a certificate of the state; undefined if it can stay. RKE checked no dates: a cluster that nobody
 * rotated stopped working after ten years. A certificate expires with its CA, whatever its own date.
 */
export function findReissueReason(
  entry: CertificatePki | undefined,
  request: CertificateRequest,
  { ca, now }: { readonly ca: CaKeyPair; readonly now: Date },
): ReissueReason | 'missing' | undefined {
  if (entry === undefined || entry.certificatePEM === '' || entry.keyPEM === '') return 'missing';
  const facts = readCertificate(entry.certificatePEM);
  if (facts === undefined) return 'unreadable';
  if (!matchesKeyAndCa(entry.certificatePEM, entry.keyPEM, ca.certificatePem)) return 'signed by another CA';
  return (
    findRenewalReason(facts, { ca, now }) ?? (hasValidNames(facts.sans, request) ? undefined : 'names differ')
  );
}

/**
 * Finds the reason to renew a certificate because of its dates. One that expires soon is kept if its CA ends no later: a new one
 * would expire at the same time, and every run would reissue it.
 */
export function findRenewalReason(
  { notAfter }: Pick<Validity, 'notAfter'>,
  { ca, now }: { readonly ca: CaKeyPair; readonly now: Date },
): 'expired' | 'expires soon' | undefined {
  const caEnd = readCertificate(ca.certificatePem)?.notAfter;
  if (notAfter <= now || (caEnd !== undefined && caEnd <= now)) return 'expired';
  const gains = caEnd === undefined || notAfter < caEnd;
  return gains && countDaysLeft(notAfter, now) < renewalDays ? 'expires soon' : undefined;
}

/**
 * True if the names of a certificate are accepted. Their order matters for the API server, the same as in RKE (pki/services.go).
 * An etcd member may have more names than it needs: RKE leaves such certificates on the hosts when a member is removed. The
 * names of a kubelet are not compared.
 */
function hasValidNames(sans: Sans, { sans: wanted, sansCompared }: CertificateRequest): boolean {
  if (sansCompared === 'never') return true;
  if (sansCompared === 'covered') return coversSans(sans, wanted);
  return isSameList(sans.dnsNames, wanted.dnsNames) && isSameList(sans.ips, wanted.ips);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
