import { dockerError, type RkeError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { DockerFacts } from '../../host/host.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Stops before anything is changed if a host runs Windows. RKE supported Windows workers; rke can only plan them, because what
 * changes a host (files, cleaning, probes) is for Linux.
 *
 * @param state its hosts cannot be removed from cluster.yml, because their containers would continue to run
 * @throws RunFailedError (exit 6) with one failure for each of these hosts
 */
export function refuseWindows(
  facts: ReadonlyMap<string, Pick<DockerFacts, 'osType'>>,
  state: ClusterState | undefined,
): void {
  const failures = listWindows(facts, state);
  if (failures.length > 0) throw new RunFailedError(failures);
}

/** One failure for each host that runs Windows. */
export function listWindows(
  facts: ReadonlyMap<string, Pick<DockerFacts, 'osType'>>,
  state: ClusterState | undefined,
): (Failure & { readonly host: string; readonly error: RkeError })[] {
  const halves = [state?.currentState, state?.desiredState];
  const known = new Set(halves.flatMap((half) => half?.rkeConfig?.nodes.map(({ address }) => address) ?? []));
  return [...facts].flatMap(([host, { osType }]) => {
    if (osType !== 'windows') return [];
    const error = dockerError('WINDOWS_HOST', 'the host runs Windows, and rke supports only Linux hosts', {
      host,
      fix: known.has(host)
        ? 'keep managing this cluster with RKE v1: the host is part of it and cannot be removed here yet'
        : 'remove the host from cluster.yml, or replace it with a Linux host',
    });
    return [{ title: 'check operating system', host, error }];
  });
}
