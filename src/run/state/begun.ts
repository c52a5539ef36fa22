import { differences } from '../../config/rules/running/differences.js';
import { findPendingNames } from '../../pki/issue/rotation.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Lists what a run began to apply and did not record as achieved: what the desired state has and the current one has not.
 *
 * @returns one clause for each; empty for a cluster whose last run has finished, also if that was one of RKE v1
 */
export function listBegun({ desiredState, currentState }: ClusterState): string[] {
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
    ...(added.length === 0 ? [] : [`nodes were being added (${foldItems(added)})`]),
    ...(removed.length === 0 ? [] : [`nodes were being removed (${foldItems(removed)})`]),
    ...(settings.length === 0 ? [] : [`settings were being applied (${foldItems(settings)})`]),
    ...(certificates.size === 0
      ? []
      : [`certificates were being replaced (${foldItems([...certificates])})`]),
    ...(isEncrypting ? ['the encryption of Secrets was being changed'] : []),
  ];
}

/** RKE v1 records the defaults of how upgrades are done only in the desired state; they change nothing in a cluster. */
const isOfRuns = (key: string): boolean => key.startsWith('upgrade_strategy');

const most = 3;

/** The first items of a list. */
export const foldItems = (items: readonly string[]): string =>
  items.length <= most
    ? items.join(', ')
    : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
