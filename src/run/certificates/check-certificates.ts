import { stateError, type RkeError } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import { listKeylessCas } from '../../pki/bundle/custom-ca.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Stops a run that would build on certificates that nothing may be built on.
 *
 * @param location of the state, for messages
 * @throws RkeError (exit 4)
 */
export function checkCertificates({ desiredState }: ClusterState, location: string): void {
  const [first, ...others] = findBundleFaults(desiredState.certificatesBundle ?? {});
  if (first === undefined) return;
  throw stateError(first.code, `in ${location}, ${first.message}`, {
    fix: `restore a good copy, such as ${location}.bak (rke state list shows which there are and what they hold)`,
    ...(others.length === 0 ? {} : { evidence: others.map(({ message }) => message) }),
  });
}

/**
 * Stops a run that has to sign certificates, where the user's own authority has signed them so far and its key is not here.
 * RKE says `CA Certificate or Key is empty`.
 *
 * @throws RkeError OWN_CERTIFICATES (exit 4)
 */
export function checkSigning({ desiredState }: ClusterState): void {
  const keyless = listKeylessCas(desiredState.certificatesBundle ?? {});
  if (keyless.length > 0) throw ownCertificates(keyless);
}

/** @param faults of the certificates that would have to be signed, where the run could have done without */
export function ownCertificates(keyless: readonly string[], faults?: readonly string[]): RkeError {
  return stateError(
    'OWN_CERTIFICATES',
    `the certificates of this cluster are your own: the state has no RSA key of ${keyless.join(' and ')} to sign new ones with`,
    {
      ...(faults === undefined ? {} : { faults }),
      fix: 'run rke up --custom-certs --cert-dir with your certificates (rke cert generate-csr writes requests for those that end or are missing); rke cert rotate --rotate-ca goes over to authorities that rke makes',
    },
  );
}
