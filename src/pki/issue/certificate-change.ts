import type { CertificateName, CertificatePki } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { readCertificate } from '../x509/x509.js';
import type { ReissueReason } from './reissue-reason.js';

/** One certificate that differs from the state. */
export interface CertificateChange {
  readonly name: CertificateName;
  readonly kind: 'issued' | 'reissued' | 'removed';
  readonly reason: 'missing' | 'unused' | 'given' | ReissueReason;
  /** Whole days that the old certificate had left, if it was reissued because of its dates. */
  readonly daysLeft?: number;
}

/**
 * Describes why a certificate was issued.
 *
 * @param before the entry that it replaces
 */
export function createChange(
  name: CertificateName,
  {
    reason,
    before,
    now,
  }: Pick<CertificateChange, 'reason'> & { before: CertificatePki | undefined; now: Date },
): CertificateChange {
  const isNew = reason === 'missing' || before === undefined;
  const change: CertificateChange = { name, kind: isNew ? 'issued' : 'reissued', reason };
  if (reason !== 'expired' && reason !== 'expires soon') return change;
  const facts = readCertificate(before?.certificatePEM ?? '');
  return facts === undefined ? change : { ...change, daysLeft: countDaysLeft(facts.notAfter, now) };
}
