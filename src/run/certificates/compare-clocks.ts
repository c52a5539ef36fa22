import type { EventSink } from '../../core/events.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { findPendingNames } from '../../pki/issue/rotation.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { heedChecks, resultsOfChecks, type HostChecksInput } from '../checks/check-hosts.js';

/**
 * Stops a run that has signed certificates if the clocks of the hosts do not agree with ours, by which they are dated: a host
 * that is behind would refuse them. Nothing has been saved then.
 *
 * @throws RunFailedError (exit 6) CHECK_CLOCK
 */
export function compareClocks(input: HostChecksInput, events: EventSink): void {
  if (!hasSigned(input.state, input.certificates)) return;
  heedChecks(
    resultsOfChecks(input).filter(({ check }) => check === 'clock'),
    events,
  );
}

/** True if the run has certificates that the state did not have. */
function hasSigned(state: ClusterState | undefined, certificates: CertificateBundle): boolean {
  const before = state?.desiredState.certificatesBundle;
  return before === undefined || findPendingNames(before, certificates).size > 0;
}
