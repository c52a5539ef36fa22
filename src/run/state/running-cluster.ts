import type { LoadOptions } from '../../config/validate.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** What a state says of the cluster that runs: what the last finished run left, and what the last run began. */
export function runningCluster(state: ClusterState | undefined): Pick<LoadOptions, 'running' | 'begun'> {
  return { running: state?.currentState.rkeConfig, begun: state?.desiredState.rkeConfig };
}
