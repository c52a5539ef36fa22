import { dockerError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { DockerFacts } from '../../host/host.js';

/**
 * Stops before anything is changed where a host runs Windows. RKE made workers of them; of those only the plan is made here,
 * and what changes a host (files, cleaning, probes) is of Linux.
 *
 * @throws RunFailedError (exit 6) with one failure for each of these hosts
 */
export function refuseWindows(facts: ReadonlyMap<string, Pick<DockerFacts, 'osType'>>): void {
  const failures = [...facts].flatMap(([host, { osType }]): Failure[] => {
    if (osType !== 'windows') return [];
    const error = dockerError('WINDOWS_HOST', 'it runs Windows, and rke works on hosts with Linux alone', {
      host,
      fix: `take ${host} out of cluster.yml, or go on with RKE v1 for this cluster`,
    });
    return [{ title: 'check operating system', host, error }];
  });
  if (failures.length > 0) throw new RunFailedError(failures, false);
}
