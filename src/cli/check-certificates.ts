import { stateError } from '../core/errors.js';
import { bundleFaults } from '../pki/check-bundle.js';
import type { ClusterState } from '../state/cluster-state.js';

/**
 * Stops a run that would build on certificates that nothing may be built on.
 *
 * @param location of the state, for messages
 * @throws RkeError (exit 4)
 */
export function checkCertificates({ desiredState }: ClusterState, location: string): void {
  const [first, ...others] = bundleFaults(desiredState.certificatesBundle ?? {});
  if (first === undefined) return;
  throw stateError(first.code, `in ${location}, ${first.message}`, {
    fix: `put back a good copy, such as ${location}.bak (rke state list shows which there are and what they hold)`,
    ...(others.length === 0 ? {} : { evidence: others.map(({ message }) => message) }),
  });
}
