import { hostInUrl } from '../../core/ip.js';
import { certificatePath, keyPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec, SnapshotPlan } from '../cluster-plan-types.js';
import { adaptBinds, buildConfigBind, buildTypeSecurityOpt } from '../container/container-fields.js';
import type { HostContext } from '../host-context.js';

/** Where the snapshots of etcd are on a host; in containers of snapshots it is `/backup` (RKE services/etcd.go EtcdSnapshotPath). */
export const snapshotDirectory = '/opt/rke/etcd-snapshots';

/** Seconds for one snapshot, unless `backup_config.timeout` is set (RKE cluster/defaults.go). */
export const defaultSnapshotSeconds = 300;

/** Plans how a single snapshot is taken on an etcd host: the container that `rke etcd snapshot-save` runs (RKE services/etcd.go:427-532). */
export function planEtcdSnapshot(context: HostContext): SnapshotPlan {
  const { backupConfig } = context.spec.services.etcd;
  const { intervalHours = 0, retention = 0, timeout = 0, s3BackupConfig: s3 } = backupConfig ?? {};
  // Both are required to be positive, have no effect on a single snapshot, and have defaults in rke-tools.
  const schedule =
    intervalHours > 0 && retention > 0
      ? [`--creation=${intervalHours}h`, `--retention=${retention * intervalHours}h`]
      : [];
  const container = buildSnapshotContainer(context, {
    name: 'etcd-snapshot-once',
    flags: ['--once', ...schedule],
  });
  return {
    container,
    timeoutSeconds: timeout > 0 ? timeout : defaultSnapshotSeconds,
    ...(s3 === undefined || s3 === null ? {} : { s3 }),
  };
}

interface SnapshotContainer {
  readonly name: string;
  /** The name that snapshots are called by; absent if it is not known yet. */
  readonly called?: string;
  /** Of rke-etcd-backup, besides those for etcd. */
  readonly flags: readonly string[];
  /** Variables besides `extra_env`. */
  readonly env?: readonly string[];
}

/** Builds a container that takes snapshots, which Docker does not restart. */
export function buildSnapshotContainer(
  context: HostContext,
  { name, called, flags, env = [] }: SnapshotContainer,
): ContainerSpec {
  const { etcd } = context.spec.services;
  return {
    name,
    image: findSnapshotImage(context),
    entrypoint: [],
    cmd: [
      '/opt/rke-tools/rke-etcd-backup',
      'etcd-backup',
      'save',
      '--cacert',
      certificatePath('kube-ca'),
      '--cert',
      certificatePath('kube-node'),
      '--key',
      keyPath('kube-node'),
      ...(called === undefined ? [] : ['--name', called]),
      `--endpoints=${hostInUrl(context.node.internalAddress)}:2379`,
      ...flags,
    ],
    env: [...(etcd.extraEnv ?? []), ...env],
    binds: adaptBinds(context, [`${snapshotDirectory}/:/backup:z`, buildConfigBind(context)]),
    volumesFrom: [],
    networkMode: 'host',
    privileged: false,
    labels: {},
    securityOpt: buildTypeSecurityOpt(context),
    started: true,
  };
}

/**
 * Finds the image of snapshot containers: rke-tools with the tag of RKE's default version; any other image stays the same (RKE
 * util/util.go:147-163).
 */
function findSnapshotImage({ spec, snapshotImageTag }: HostContext): string {
  const image = spec.systemImages['alpine'] ?? '';
  const tag = /:([^:/@]+)(@.*)?$/.exec(image)?.[1];
  // The first occurrence of the tag is replaced, even in the name, the same as in RKE.
  return image.includes('rancher/rke-tools') && tag !== undefined
    ? image.replace(tag, () => snapshotImageTag)
    : image;
}
