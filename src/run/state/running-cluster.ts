import type { LoadOptions } from '../../config/validate.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** The running cluster according to the state: what the last finished run applied, and what the last run started to apply. */
export function runningCluster(state: ClusterState | undefined): Pick<LoadOptions, 'running' | 'begun'> {
  return { running: state?.currentState.rkeConfig, begun: state?.desiredState.rkeConfig };
}
