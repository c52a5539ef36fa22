import type { CertificateBundle } from '../../pki/certificates.js';
import { findPendingNames } from '../../pki/issue/rotation.js';
import type { CheckResult } from '../../reconcile/checks/check-result.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { resultsOfChecks, type HostChecksInput } from '../checks/check-hosts.js';

/**
 * Checks the clocks of the hosts for a run that has signed certificates: these are dated by the clock of this machine, and a
 * host whose clock is behind would refuse them. Empty for other runs.
 */
export function clockResults(input: HostChecksInput): CheckResult[] {
  if (!hasSigned(input.state, input.certificates)) return [];
  return resultsOfChecks(input).filter(({ check }) => check === 'clock');
}

/** True if the run has certificates that the state did not have. */
function hasSigned(state: ClusterState | undefined, certificates: CertificateBundle): boolean {
  const before = state?.desiredState.certificatesBundle;
  return before === undefined || findPendingNames(before, certificates).size > 0;
}
