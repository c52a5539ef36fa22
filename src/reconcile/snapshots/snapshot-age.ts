import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { uptime } from '../diff/condition.js';
import type { ObservedCluster } from '../observed.js';
import type { SnapshotFile } from './snapshot-files.js';
import { findSchedule, snapshotTaker, type SnapshotSchedule } from './snapshot-schedule.js';

/** The last good snapshot on a host. */
export interface SnapshotAge {
  readonly host: string;
  /** Absent if the host has none. */
  readonly name?: string;
  readonly ageSeconds?: number;
  /** True if it passed a check and has not changed since. */
  readonly verified: boolean;
}

/** The newest archive on each host whose snapshots and clock are known. */
export function listSnapshotAges({ hosts }: Pick<ObservedCluster, 'hosts'>): SnapshotAge[] {
  return [...hosts].flatMap(([host, { snapshots, clock }]): SnapshotAge[] => {
    if (snapshots === undefined || clock === undefined) return [];
    const newest = snapshots.find(isArchive);
    if (newest === undefined) return [{ host, verified: false }];
    const ageSeconds = Math.max(0, clock - newest.modifiedAt);
    return [{ host, name: newest.name, ageSeconds, verified: newest.verified !== undefined }];
  });
}

/** True for a complete archive: rke-tools writes the database without `.zip` first. */
export const isArchive = ({ file, bytes }: SnapshotFile): boolean => file.endsWith('.zip') && bytes > 0;

/**
 * Why the cluster has no recent snapshot, although recurring snapshots are configured: the last good one on any host is older than
 * twice the interval.
 *
 * @returns undefined if one is recent enough, or nothing is known
 */
export function oldSnapshotFault(
  plan: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
): string | undefined {
  const schedule = findSchedule(plan);
  const ages = listSnapshotAges(observed);
  if (schedule === undefined || ages.length === 0) return undefined;
  const limit = 2 * schedule.intervalSeconds;
  const newest = ages
    .filter((age) => age.ageSeconds !== undefined)
    .toSorted((a, b) => (a.ageSeconds ?? 0) - (b.ageSeconds ?? 0))[0];
  if (newest === undefined)
    return isOverdue(observed, limit) ? describeFault('there is none', schedule) : undefined;
  const { name = '', host, ageSeconds = 0 } = newest;
  return ageSeconds > limit
    ? describeFault(`the last one, ${name} on ${host}, is ${formatAge(ageSeconds)} old`, schedule)
    : undefined;
}

const describeFault = (what: string, { intervalSeconds }: SnapshotSchedule): string =>
  `no recent etcd snapshot: ${what}, and one should be taken every ${formatAge(intervalSeconds)}; check \`docker logs ${snapshotTaker}\` on the etcd hosts, and take one with \`rke etcd snapshot-save\``;

/** The first recurring snapshot is taken after an interval, so a new cluster has none yet. */
function isOverdue({ hosts }: Pick<ObservedCluster, 'hosts'>, seconds: number): boolean {
  return [...hosts.values()].some(({ containers, clock }) => {
    const taker = containers.get(snapshotTaker) ?? containers.get('etcd');
    return (uptime(taker?.startedAt, clock) ?? 0) > seconds;
  });
}

/** `45s`, `12h`, `3d 4h`. */
export function formatAge(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  if (days > 0) return hours === 0 ? `${days}d` : `${days}d ${hours}h`;
  if (hours > 0) return minutes === 0 ? `${hours}h` : `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m` : `${Math.floor(seconds)}s`;
}
