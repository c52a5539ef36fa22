import { stateError } from '../../core/errors.js';
import { componentOn, type ObservedCluster } from '../../reconcile/observed.js';

/**
 * Stops a run without state on hosts that carry a cluster: every key would be new, and that cluster would be lost behind an
 * authority that nobody has. RKE went on here (cluster/state.go RebuildState).
 *
 * @throws RkeError STATE_MISSING (exit 4)
 */
export function refuseForeignCluster({ hosts }: ObservedCluster, stateFile: string): void {
  for (const [host, observed] of hosts) {
    const found = componentOn(observed);
    if (found === undefined) continue;
    throw stateError(
      'STATE_MISSING',
      `${host} already belongs to a cluster (it has a container ${found}), but ${stateFile} is not there`,
      {
        host,
        fix: `rebuild it with rke state recover, or put the cluster's state file at ${stateFile}; if the cluster is to be given up, take it off the hosts with rke remove`,
      },
    );
  }
}
