import type { EtcdSpec } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import type { HostContext } from '../host-context.js';
import { buildS3Flags, buildSnapshotContainer } from './etcd-snapshots.js';

const name = 'etcd-rolling-snapshots';

/** Plans the container that takes etcd snapshots at regular intervals, on every etcd host (RKE services/etcd.go:427-532). */
export function planEtcdRollingSnapshots(context: HostContext): ContainerSpec {
  const { etcd } = context.spec.services;
  const container = buildSnapshotContainer(context, { name, called: name, flags: buildSchedule(etcd) });
  return { ...container, restartPolicy: 'always' };
}

/** Builds the flags for interval, retention and S3. */
function buildSchedule({ backupConfig, retention = '', creation = '' }: EtcdSpec): string[] {
  if (backupConfig === undefined) return [`--retention=${retention}`, `--creation=${creation}`];
  const { intervalHours = 0, retention: count = 0, s3BackupConfig } = backupConfig;
  return [
    `--creation=${intervalHours}h`,
    `--retention=${count * intervalHours}h`,
    ...buildS3Flags(s3BackupConfig),
  ];
}
