import type { EventPayload } from '../../core/events.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import type { CertificateChange } from '../../pki/issue/certificate-change.js';

/** The event that lists which certificates are kept, which are new, and why. */
export function certificatesReady(
  bundle: CertificateBundle,
  changes: readonly CertificateChange[],
): EventPayload {
  const issued = changes.filter(({ kind }) => kind !== 'removed');
  return {
    type: 'certificates-ready',
    kept: Object.keys(bundle).length - issued.length,
    issued: issued.map(({ name }) => name),
    reasons: issued.map(({ name, reason, daysLeft }) => ({
      name,
      reason,
      ...(daysLeft === undefined ? {} : { daysLeft }),
    })),
  };
}
