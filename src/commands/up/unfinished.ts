import type { ObservedCluster } from '../../reconcile/observed.js';
import { isHelperOfRun } from '../../reconcile/intents/leftovers.js';
import { foldItems, listBegun } from '../../run/state/begun.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Lists what an earlier run left half-done, from the state and the hosts: settings, certificates and encryption that it began to
 * apply, containers that it created and did not start, and its helpers.
 *
 * @returns one clause for each; empty if the last run has finished
 */
export function listUnfinished(
  state: ClusterState | undefined,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
): string[] {
  const neverStarted: [string, string][] = [];
  const helpers: [string, string][] = [];
  for (const [host, { containers, leftovers }] of hosts) {
    for (const { name, running, startedAt } of containers.values())
      if (!running && startedAt === undefined && name !== sidekick) neverStarted.push([name, host]);
    for (const name of leftovers) if (isHelperOfRun(name)) helpers.push([name, host]);
  }
  return [
    ...(state === undefined ? [] : listBegun(state)),
    ...byName(neverStarted).map(([name, on]) => `${name} was created but not started on ${on}`),
    ...byName(helpers).map(([name, on]) => `${name} was left on ${on}`),
  ];
}

/** It only owns a volume, and is never started. */
const sidekick = 'service-sidekick';

/** Hosts by the name of the container, in the order in which they were found. */
function byName(found: readonly (readonly [name: string, host: string])[]): [string, string][] {
  const groups = new Map<string, string[]>();
  for (const [name, host] of found) groups.set(name, [...(groups.get(name) ?? []), host]);
  return [...groups].map(([name, hosts]) => [name, foldItems(hosts)]);
}
