import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { dockerError } from '../../core/errors.js';
import type { DockerFacts } from '../../host/host.js';

/**
 * Refuses hosts with a Docker version that the Kubernetes version does not support (RKE hosts/tunnel.go). Only major and minor
 * count.
 *
 * @param accepted versions of the catalogue, e.g. `20.10.x`
 * @throws RunFailedError (exit 6) with one failure for each of these hosts
 */
export function refuseDockerVersions(
  facts: ReadonlyMap<string, DockerFacts>,
  accepted: readonly string[],
  kubernetesVersion: string,
): void {
  const minors = new Set(accepted.map((version) => version.split('.').slice(0, 2).join('.')));
  const failures = [...facts].flatMap(([host, { version }]): Failure[] => {
    if (minors.has(version.split('.').slice(0, 2).join('.'))) return [];
    const error = dockerError(
      'DOCKER_VERSION',
      `Docker ${version} is not supported by Kubernetes ${kubernetesVersion}`,
      {
        host,
        fix: `install one of ${accepted.join(', ')}, or accept this one with --ignore-docker-version`,
      },
    );
    return [{ title: 'check Docker version', host, error }];
  });
  if (failures.length > 0) throw new RunFailedError(failures);
}
