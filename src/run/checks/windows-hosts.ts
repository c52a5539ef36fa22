import { dockerError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { DockerFacts } from '../../host/host.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Stops before anything is changed where a host runs Windows. RKE made workers of them; of those only the plan is made here,
 * and what changes a host (files, cleaning, probes) is of Linux.
 *
 * @param state a host that it has cannot be removed from cluster.yml, since its containers would run on
 * @throws RunFailedError (exit 6) with one failure for each of these hosts
 */
export function refuseWindows(
  facts: ReadonlyMap<string, Pick<DockerFacts, 'osType'>>,
  state: ClusterState | undefined,
): void {
  const halves = [state?.currentState, state?.desiredState];
  const known = new Set(halves.flatMap((half) => half?.rkeConfig?.nodes.map(({ address }) => address) ?? []));
  const failures = [...facts].flatMap(([host, { osType }]): Failure[] => {
    if (osType !== 'windows') return [];
    const error = dockerError('WINDOWS_HOST', 'the host runs Windows; rke supports Linux hosts only', {
      host,
      fix: known.has(host)
        ? 'keep managing this cluster with RKE v1: the host is part of it and cannot be removed here yet'
        : (name) => `remove ${name} from cluster.yml, or replace it by a Linux host`,
    });
    return [{ title: 'check operating system', host, error }];
  });
  if (failures.length > 0) throw new RunFailedError(failures, false);
}
