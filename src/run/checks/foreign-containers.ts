import { dockerError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { oneShotNames } from '../../reconcile/diff/own-containers.js';

/**
 * Stops before anything is changed if a foreign container has a name that the run needs. RKE removed such containers.
 *
 * @throws RunFailedError (exit 6) with one failure for each of them
 */
export function refuseForeignContainers(
  { nodes, leaving = [] }: Pick<ClusterPlan, 'nodes' | 'leaving'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  command: string,
): void {
  const failures = [...nodes, ...leaving].flatMap(({ node: { address: host }, containers }): Failure[] => {
    const planned = containers.flatMap(({ name }) => [name, `old-${name}`, `new-${name}`]);
    const needed = new Set([...planned, ...oneShotNames]);
    const found = hosts.get(host)?.foreign.filter(({ name }) => needed.has(name)) ?? [];
    return found.map(({ name, image }) => ({
      title: 'check containers',
      host,
      error: dockerError(
        'FOREIGN_CONTAINER',
        `container "${name}" (image ${image}) does not belong to the cluster, which needs its name`,
        {
          host,
          fix: `rename it (\`docker rename ${name} my-${name}\` on the host), then run \`${command}\` again`,
        },
      ),
    }));
  });
  if (failures.length > 0) throw new RunFailedError(failures);
}

/** Reports containers that have names of the cluster's containers but do not belong to it: they are left alone. */
export function reportForeignContainers({ hosts }: Pick<ObservedCluster, 'hosts'>, events: EventSink): void {
  for (const [host, { foreign }] of hosts)
    for (const { name, image } of foreign)
      events.emit({
        type: 'warning',
        host,
        message: keptContainer(name, image),
      });
}

/** What is said of a foreign container on a host that leaves the cluster. */
export function keptContainer(name: string, image: string): string {
  return `container "${name}" does not belong to the cluster (image ${image}) and is left alone`;
}
