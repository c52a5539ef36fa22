import type { ErrorTable } from './error-entry.js';

/** Errors of etcd snapshots. Exit code 8. */
export const snapshotCodes = {
  ETCD_NOT_RUNNING: {
    exit: 'etcd',
    summary: 'etcd does not run on the host, so no snapshot was taken there',
    fix: 'check `docker logs etcd` on the host, fix the cause, then run `rke up`',
  },
  ETCD_NO_HOSTS: {
    exit: 'etcd',
    summary: 'cluster.yml has no etcd host: etcd is external',
    fix: 'take snapshots where the external etcd runs: `etcdctl snapshot save FILE`',
  },
  ETCD_UNHEALTHY: {
    exit: 'etcd',
    summary: 'a member of etcd does not answer, has no leader or has an alarm, or there is no majority',
    fix: 'follow the lines of `rke etcd status`',
  },
  ETCD_MAJORITY: {
    exit: 'etcd',
    summary: 'etcd has its majority, so there is nothing to recover; nothing was changed',
    fix: 'run `rke up`, which repairs single members',
  },
  ETCD_RECOVERY: {
    exit: 'etcd',
    summary: 'a majority of etcd cannot be recovered from the members that are left, or this failed',
    fix: 'follow the message; if no member has usable data, restore a snapshot',
  },
  SNAPSHOT_NOT_FOUND: {
    exit: 'etcd',
    summary: 'no etcd host has a snapshot with this name, and neither has the bucket; nothing was changed',
    fix: 'use a name of `rke etcd ls`, or `--file FILE` to restore an archive on this machine',
  },
  SNAPSHOT_EXISTS: {
    exit: 'etcd',
    summary: 'a snapshot with this name is on a host, or in the bucket, already; nothing was changed',
    fix: 'choose another name with `--name`, or leave it out for one with the time',
  },
  SNAPSHOT_FAILED: {
    exit: 'etcd',
    summary: 'the snapshot was not taken on the host, and what it left was removed',
    fix: 'fix what the message shows, then run the same command again',
  },
  SNAPSHOT_TIMEOUT: {
    exit: 'etcd',
    summary: 'the snapshot took longer than `services.etcd.backup_config.timeout` (300 seconds by default)',
    fix: 'check the disk of the host and its connection to S3, or raise the timeout',
  },
  SNAPSHOT_DISK_FULL: {
    exit: 'etcd',
    summary: 'the disk of the host is full; no snapshot was taken there',
    fix: 'free space in `/opt/rke/etcd-snapshots`: a snapshot needs twice the size of the database at most',
  },
  SNAPSHOT_NOT_UPLOADED: {
    exit: 'etcd',
    summary: 'the snapshot was saved on the host, but not uploaded to S3',
    fix: 'fix the cause in the message: keys, bucket, region, endpoint, CA or clock',
  },
  S3_FAILED: {
    exit: 'etcd',
    summary:
      'the S3 service refused a request, or did not answer it; the snapshots on the hosts are as before',
    fix: 'fix the cause in the message: keys, bucket, region, endpoint, CA or clock',
  },
  SNAPSHOT_INVALID: {
    exit: 'etcd',
    summary: 'the archive of a snapshot is damaged: it cannot be restored',
    fix: 'check the disk of the host, then take another snapshot',
  },
  SNAPSHOT_WITHOUT_STATE: {
    exit: 'etcd',
    summary: 'the snapshot was saved, but its archive does not have the state of the cluster',
    fix: 'keep a copy of `cluster.rkestate` beside it; check `system_images.alpine`, which takes snapshots',
  },
  SNAPSHOT_UNCHECKED: {
    exit: 'etcd',
    summary: 'the snapshot was saved, but its archive could not be checked',
    fix: 'fix what the message shows, then take another snapshot',
  },
} as const satisfies ErrorTable;
