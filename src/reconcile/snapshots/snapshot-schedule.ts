import { parseGoDuration } from '../../core/go-duration.js';
import type { ClusterPlan, ContainerSpec } from '../../plan/cluster-plan-types.js';

/** How often recurring snapshots are taken, and how long they are kept. */
export interface SnapshotSchedule {
  readonly intervalSeconds: number;
  readonly retentionSeconds: number;
}

/** The container that takes recurring snapshots on a host. */
export const snapshotTaker = 'etcd-rolling-snapshots';

/** The schedule that the plan has, from the arguments of the containers; undefined if no recurring snapshots are taken. */
export function findSchedule({ nodes }: Pick<ClusterPlan, 'nodes'>): SnapshotSchedule | undefined {
  for (const { containers } of nodes) {
    const container = containers.find(({ name }) => name === snapshotTaker);
    const schedule = container && readSchedule(container);
    if (schedule !== undefined) return schedule;
  }
  return undefined;
}

function readSchedule({ cmd }: ContainerSpec): SnapshotSchedule | undefined {
  const secondsOf = (flag: string): number =>
    parseGoDuration(
      cmd.findLast((argument) => argument.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? '',
    ) ?? 0;
  const [intervalSeconds, retentionSeconds] = [secondsOf('--creation'), secondsOf('--retention')];
  return intervalSeconds > 0 && retentionSeconds > 0 ? { intervalSeconds, retentionSeconds } : undefined;
}

/** The time in the name of a recurring snapshot, in seconds since 1970; undefined for any other (rke-tools main.go DeleteBackups). */
export function recurringTime(name: string): number | undefined {
  const [, time] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))_/.exec(name) ?? [];
  const milliseconds = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
