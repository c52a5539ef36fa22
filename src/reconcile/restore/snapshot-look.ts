import { parseStatus, readValues } from '../snapshots/check-script.js';

/** What a host has of a snapshot and of a restore. */
export interface SnapshotLook {
  /** How far a restore is that was started there, and the SHA-256 of its snapshot. */
  readonly started?: { readonly phase: 'started' | 'moved' | 'accepted'; readonly id: string };
  /** True if etcd has data there. */
  readonly hasData: boolean;
  /** The archive, checked; a text if it cannot be restored or was not checked. */
  readonly found: FoundSnapshot | SnapshotTrouble | undefined;
}

export interface FoundSnapshot {
  /** SHA-256 of the database in it: the same for an archive and its plain snapshot. */
  readonly id: string;
  /** SHA-256 of the archive. */
  readonly sha256: string;
  readonly bytes: number;
  readonly databaseBytes: number;
  /** Seconds since 1970, by the clock of the host. */
  readonly modifiedAt: number;
  readonly revision: number;
  readonly keys: number;
  /** Text of the state in the archive; absent if it has none. */
  readonly state?: string;
}

export interface SnapshotTrouble {
  readonly why: string;
  /** True if the archive itself is at fault. */
  readonly isDamaged: boolean;
}

/** Parses what the script has left. @param state text of the state in the archive */
export function parseLook(text: string, state: string | undefined): SnapshotLook {
  const values = readValues(text);
  const valueOf = (name: string): string => values.get(name)?.trim() ?? '';
  const phase = (['started', 'moved', 'accepted'] as const).find((one) => one === valueOf('phase'));
  return {
    ...(phase === undefined ? {} : { started: { phase, id: valueOf('id') } }),
    hasData: valueOf('data') === 'yes',
    found: readFound(valueOf, state),
  };
}

function readFound(
  valueOf: (name: string) => string,
  state: string | undefined,
): FoundSnapshot | SnapshotTrouble | undefined {
  const damaged = valueOf('damaged');
  if (damaged !== '') return { why: damaged, isDamaged: true };
  const trouble = valueOf('trouble');
  if (trouble !== '') return { why: trouble, isDamaged: false };
  if (valueOf('kind') === 'none') return undefined;
  const status = parseStatus(valueOf('status'));
  const [bytes, databaseBytes] = [Number(valueOf('bytes')), Number(valueOf('database'))];
  if (status === undefined || !(bytes > 0)) return { why: 'the check printed no result', isDamaged: false };
  return {
    id: valueOf('snapshot'),
    sha256: valueOf('sha256'),
    modifiedAt: Number(valueOf('modified')),
    ...{ bytes, databaseBytes, ...status },
    ...(state === undefined || state === '' ? {} : { state }),
  };
}

/** True if the archive was checked and can be restored. */
export const isUsable = (found: SnapshotLook['found']): found is FoundSnapshot =>
  found !== undefined && 'id' in found;
