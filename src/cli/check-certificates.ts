import { stateError } from '../core/errors.js';
import { bundleFaults } from '../pki/check-bundle.js';
import { keylessAuthorities } from '../pki/own-authority.js';
import type { ClusterState } from '../state/cluster-state.js';

/**
 * Stops a run that would build on certificates that nothing may be built on.
 *
 * @param location of the state, for messages
 * @throws RkeError (exit 4)
 */
export function checkCertificates({ desiredState }: ClusterState, location: string): void {
  const bundle = desiredState.certificatesBundle ?? {};
  const [first, ...others] = bundleFaults(bundle);
  if (first === undefined) {
    checkSigning(keylessAuthorities(bundle), location);
    return;
  }
  throw stateError(first.code, `in ${location}, ${first.message}`, {
    fix: `put back a good copy, such as ${location}.bak (rke state list shows which there are and what they hold)`,
    ...(others.length === 0 ? {} : { evidence: others.map(({ message }) => message) }),
  });
}

/** RKE says `CA Certificate or Key is empty`. */
function checkSigning(keyless: readonly string[], location: string): void {
  if (keyless.length === 0) return;
  throw stateError(
    'OWN_CERTIFICATES',
    `the certificates of this cluster are your own: ${location} has no RSA key of ${keyless.join(' and ')} to sign new ones with`,
    {
      fix: 'run rke up --custom-certs --cert-dir with your certificates (rke cert generate-csr writes requests for those that end or are missing); rke cert rotate --rotate-ca goes over to authorities that rke makes',
    },
  );
}
