import type { CertificateName } from '../certificates.js';
import type { ReissueReason } from './reissue-reason.js';

/** One certificate that is not as the state had it. */
export interface CertificateChange {
  readonly name: CertificateName;
  readonly kind: 'issued' | 'reissued' | 'removed';
  readonly reason: 'missing' | 'unused' | 'given' | ReissueReason;
  /** Where time is the reason: whole days that the old one had left. */
  readonly daysLeft?: number;
}
