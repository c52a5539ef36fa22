import { isUsable, type FoundSnapshot, type SnapshotLook } from './snapshot-look.js';

/** The host that gets the data of the snapshot. */
export interface FirstMember {
  readonly host: string;
  readonly found: FoundSnapshot;
  /** True if an earlier run has started etcd with the data, and it was healthy: only the other members are missing. */
  readonly isAccepted: boolean;
}

/**
 * Chooses the host that gets the data: the one where an earlier run has started with the same snapshot, else the first with a good archive.
 * Its own archive is used: the other members get the data from it.
 *
 * @param looks in the order of cluster.yml
 * @param acceptedId of the snapshot that the state records as accepted: its host may have nothing left of the restore
 * @returns undefined if no host has a good archive
 */
export function chooseFirst(
  looks: ReadonlyMap<string, SnapshotLook>,
  acceptedId?: string,
): FirstMember | undefined {
  const usable = [...looks].flatMap(([host, { found, started, hasData }]) => {
    if (!isUsable(found)) return [];
    const isSettled = started === undefined && hasData && found.id === acceptedId;
    const phase = started?.id === found.id ? started.phase : undefined;
    return [{ host, found, phase: isSettled ? ('accepted' as const) : phase }];
  });
  const chosen =
    usable.find(({ phase }) => phase === 'accepted') ??
    usable.find(({ phase }) => phase === 'moved') ??
    usable[0];
  return chosen && { host: chosen.host, found: chosen.found, isAccepted: chosen.phase === 'accepted' };
}
