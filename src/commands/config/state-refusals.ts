import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { RkeError } from '../../core/errors.js';
import { listKeylessCas } from '../../pki/bundle/custom-ca.js';
import { requireValidCas } from '../../pki/check/ca-expiry.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import { planEncryption } from '../../run/encryption/encryption-of-run.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** Names of the keys that a run would create; they are not used. */
const unusedKey = (): { name: string; secret: string } => ({ name: 'new', secret: 'new' });

/**
 * What `rke up` would refuse because of the state: unusable or expired certificates, and Secrets that would become unreadable. The
 * same checks as those of its preparation, as warnings.
 *
 * @param location of the state, for the messages
 */
export function findStateRefusals(
  spec: ClusterSpec,
  state: ClusterState | undefined,
  location: string,
  now: Date = new Date(),
): Diagnostic[] {
  if (state === undefined) return [];
  const bundle = state.desiredState.certificatesBundle ?? {};
  const checks = [
    () => checkCertificates(state, location),
    // A custom CA signs nothing here: `rke up` says which certificates are missing.
    () => (listKeylessCas(bundle).length > 0 ? undefined : requireValidCas(bundle, now)),
    () => planEncryption(spec, state, unusedKey),
  ];
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (!(error instanceof RkeError)) throw error;
      const { fix } = error.details;
      const remedy = typeof fix === 'string' ? `; ${fix}` : '';
      const message = `\`rke up\` would stop: ${error.message}${remedy}`;
      return [{ severity: 'warning', code: 'state-refused', path: '', message }];
    }
  });
}
