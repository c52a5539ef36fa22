import type { EtcdSpec } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import type { HostContext } from '../host-context.js';
import { buildSnapshotContainer } from './etcd-snapshots.js';
import { buildS3Env, buildS3Flags } from './s3-transfer.js';

const name = 'etcd-rolling-snapshots';

/**
 * Plans the container that takes etcd snapshots at regular intervals, on every etcd host (RKE services/etcd.go:427-532). It is
 * restarted without this program, so its keys are variables, the same as in RKE v1; every output of rke redacts them.
 */
export function planEtcdRollingSnapshots(context: HostContext): ContainerSpec {
  const { etcd } = context.spec.services;
  const s3 = etcd.backupConfig?.s3BackupConfig ?? undefined;
  const container = buildSnapshotContainer(context, {
    name,
    called: name,
    flags: [...buildSchedule(etcd), ...(s3 === undefined ? [] : buildS3Flags(s3))],
    env: s3 === undefined ? [] : buildS3Env(s3),
  });
  return { ...container, restartPolicy: 'always' };
}

/** Builds the flags for interval and retention. */
function buildSchedule({ backupConfig, retention = '', creation = '' }: EtcdSpec): string[] {
  if (backupConfig === undefined) return [`--retention=${retention}`, `--creation=${creation}`];
  const { intervalHours = 0, retention: count = 0 } = backupConfig;
  return [`--creation=${intervalHours}h`, `--retention=${count * intervalHours}h`];
}
