import { stateError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { componentOn, type ObservedCluster } from '../../reconcile/observed.js';

/**
 * Refuses hosts that run a cluster if there is no state: every key would be new, and that cluster would be lost behind a CA that
 * nobody has. RKE continued here (cluster/state.go RebuildState).
 *
 * @throws RunFailedError STATE_MISSING (exit 4) with one failure for each of these hosts
 */
export function refuseForeignCluster({ hosts }: ObservedCluster, stateFile: string): void {
  const failures = [...hosts].flatMap(([host, observed]): Failure[] => {
    const component = componentOn(observed);
    if (component === undefined) return [];
    const message = `the host already belongs to a cluster (container ${component}), but ${stateFile} does not exist`;
    const error = stateError('STATE_MISSING', message, {
      host,
      fix: `rebuild the state with \`rke state recover\`, or restore the state file of the cluster to ${stateFile}; to give the cluster up, run \`rke remove\``,
    });
    return [{ title: 'check state', host, error }];
  });
  if (failures.length > 0) throw new RunFailedError(failures);
}
