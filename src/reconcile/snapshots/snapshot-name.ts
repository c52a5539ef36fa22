/**
 * Recurring snapshots; rke-tools deletes what has a time before its first `_` after the retention (rke-tools main.go DeleteBackups).
 * Go reads hours of one digit and fractions of seconds, too.
 */
const recurring = /^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)(_|$)/;

/** A file name has 255 bytes at most, and the archive ends with `.zip`. */
const mostCharacters = 251;

/** What is wrong with the name of a snapshot that may be there; undefined if a file can have it. */
export function storedNameFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.:+-]*$/.test(name))
    return 'expected letters, digits and . _ : + - only, with a letter or digit first';
  return name.length > mostCharacters ? `expected ${mostCharacters} characters at most` : undefined;
}

/** What is wrong with the name of a new snapshot; undefined if it can be used: it is part of file names and arguments. */
export function snapshotNameFault(name: string): string | undefined {
  if (name.length > 200) return 'expected 200 characters at most';
  const fault = storedNameFault(name);
  if (fault !== undefined) return fault;
  if (/\.(zip|rkestate)$/.test(name)) return 'expected a name without extension';
  if (recurring.test(name))
    return 'names that begin with a time such as 2026-11-26T12:00:00Z are those of recurring snapshots, which are deleted after their retention';
  return undefined;
}

/** The name of a snapshot that was given none: `rke_etcd_snapshot_` and the local time (RKE cmd/etcd.go). */
export function defaultSnapshotName(now: Date): string {
  return `rke_etcd_snapshot_${formatLocalTime(now)}`;
}

/** RFC 3339 in the local time zone, as Go writes it: `2026-11-26T12:00:00+01:00`, or with `Z` for UTC. */
export function formatLocalTime(time: Date): string {
  const offset = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
