import { restoreStateFix } from '../../core/codes/restore-state.js';
import { stateError, type RkeError } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import { listKeylessCas } from '../../pki/bundle/custom-ca.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Stops a run if the certificates of the state are unusable.
 *
 * @param location of the state, for the message
 * @throws RkeError (exit 4)
 */
export function checkCertificates({ desiredState }: ClusterState, location: string): void {
  const [first, ...others] = findBundleFaults(desiredState.certificatesBundle ?? {});
  if (first === undefined) return;
  throw stateError(first.code, `in ${location}, ${first.message}`, {
    fix: restoreStateFix(location),
    ...(others.length === 0 ? {} : { evidence: others.map(({ message }) => message) }),
  });
}

/**
 * Stops a run that has to sign certificates if they are signed by a custom CA whose key is not in the state. The message of RKE
 * is `CA Certificate or Key is empty`.
 *
 * @throws RkeError OWN_CERTIFICATES (exit 4)
 */
export function checkSigning({ desiredState }: ClusterState): void {
  const keyless = listKeylessCas(desiredState.certificatesBundle ?? {});
  if (keyless.length > 0) throw ownCertificates(keyless);
}

/**
 * The error of a run that would have to sign certificates with a custom CA.
 *
 * @param keyless names of the CAs without a key
 * @param faults of the certificates that would have to be signed; not given if the run signs in any case
 */
export function ownCertificates(keyless: readonly string[], faults?: readonly string[]): RkeError {
  return stateError(
    'OWN_CERTIFICATES',
    `the cluster uses custom certificates, and the state has no RSA key of ${keyless.join(' and ')} to sign new ones`,
    {
      ...(faults === undefined ? {} : { faults }),
      fix: 'put new certificates into a directory and run `rke up --custom-certs --cert-dir DIR` (`rke cert generate-csr --cert-dir DIR` writes requests for those that expire or are missing), or switch to CAs created by rke with `rke cert rotate --rotate-ca`',
    },
  );
}
