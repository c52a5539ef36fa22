import { differences } from '../../config/rules/running/differences.js';
import { findPendingNames } from '../../pki/issue/rotation.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { isHelperOfRun } from '../../reconcile/intents/leftovers.js';
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

/** What the desired state has and the current one has not. */
function listBegun({ desiredState, currentState }: ClusterState): string[] {
  const [begun, running] = [desiredState.rkeConfig, currentState.rkeConfig];
  if (begun === undefined) return [];
  if (running === undefined) return ['the first run has not finished'];
  const addresses = new Set(running.nodes.map(({ address }) => address));
  const added = begun.nodes.filter(({ address }) => !addresses.has(address)).map(({ address }) => address);
  const wanted = new Set(begun.nodes.map(({ address }) => address));
  const removed = running.nodes.flatMap(({ address }) => (wanted.has(address) ? [] : [address]));
  const settings = differences(running, begun).flatMap(({ key, path }) => (isOfRuns(key) ? [] : [path]));
  const certificates = findPendingNames(
    currentState.certificatesBundle,
    desiredState.certificatesBundle ?? {},
  );
  const isEncrypting = (desiredState.encryptionConfig ?? '') !== (currentState.encryptionConfig ?? '');
  return [
    ...(added.length === 0 ? [] : [`nodes were being added (${fold(added)})`]),
    ...(removed.length === 0 ? [] : [`nodes were being removed (${fold(removed)})`]),
    ...(settings.length === 0 ? [] : [`settings were being applied (${fold(settings)})`]),
    ...(certificates.size === 0 ? [] : [`certificates were being replaced (${fold([...certificates])})`]),
    ...(isEncrypting ? ['the encryption of Secrets was being changed'] : []),
  ];
}

/** RKE v1 records the defaults of how upgrades are done only in the desired state; they change nothing in a cluster. */
const isOfRuns = (key: string): boolean => key.startsWith('upgrade_strategy');

/** Hosts by the name of the container, in the order in which they were found. */
function byName(found: readonly (readonly [name: string, host: string])[]): [string, string][] {
  const groups = new Map<string, string[]>();
  for (const [name, host] of found) groups.set(name, [...(groups.get(name) ?? []), host]);
  return [...groups].map(([name, hosts]) => [name, fold(hosts)]);
}

const most = 3;

const fold = (items: readonly string[]): string =>
  items.length <= most
    ? items.join(', ')
    : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
