import { stateError } from '../../core/errors.js';
import { componentOn, type ObservedCluster } from '../../reconcile/observed.js';

/**
 * Stops a run without state on hosts that belong to a cluster: every key would be new, and that cluster would be lost, since
 * nobody has its CA. RKE v1 continued here (cluster/state.go RebuildState).
 *
 * @throws RkeError STATE_MISSING (exit 4)
 */
export function refuseForeignCluster({ hosts }: ObservedCluster, stateFile: string): void {
  for (const [host, observed] of hosts) {
    const found = componentOn(observed);
    if (found === undefined) continue;
    throw stateError(
      'STATE_MISSING',
      `the host already belongs to a cluster (it has a container ${found}), but ${stateFile} does not exist`,
      {
        host,
        fix: `rebuild the state with \`rke state recover\`, or put the state file of the cluster at ${stateFile}; to give up the cluster, remove it from the hosts with \`rke remove\``,
      },
    );
  }
}
