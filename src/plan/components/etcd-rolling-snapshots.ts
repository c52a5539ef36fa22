import type { EtcdSpec } from '../../config/cluster-spec.js';
import { hostInUrl } from '../../core/ip.js';
import { certificatePath, keyPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import {
  buildConfigBind,
  buildLongLivedContainer,
  buildTypeSecurityOpt,
  adaptBinds,
} from '../container/container-fields.js';
import type { HostContext } from '../host-context.js';

const name = 'etcd-rolling-snapshots';

/** Plans the container that takes etcd snapshots at regular intervals, on every etcd host (RKE services/etcd.go:427-532). */
export function planEtcdRollingSnapshots(context: HostContext): ContainerSpec {
  const { etcd } = context.spec.services;
  return buildLongLivedContainer({
    name,
    image: findSnapshotImage(context),
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
      '--name',
      name,
      `--endpoints=${hostInUrl(context.node.internalAddress)}:2379`,
      ...buildSchedule(etcd),
    ],
    env: [...(etcd.extraEnv ?? []), ...buildS3Env(etcd)],
    binds: adaptBinds(context, ['/opt/rke/etcd-snapshots/:/backup:z', buildConfigBind(context)]),
    securityOpt: buildTypeSecurityOpt(context),
    labels: {},
  });
}

/** Builds the flags for interval, retention and S3. */
function buildSchedule({ backupConfig, retention = '', creation = '' }: EtcdSpec): string[] {
  if (backupConfig === undefined) return [`--retention=${retention}`, `--creation=${creation}`];
  const { intervalHours = 0, retention: count = 0, s3BackupConfig: s3 } = backupConfig;
  const flags = [`--creation=${intervalHours}h`, `--retention=${count * intervalHours}h`];
  if (s3 === undefined || s3 === null) return flags;
  const { endpoint, bucketName = '', region = '', customCa = '', folder = '' } = s3;
  return [
    ...flags,
    '--s3-backup=true',
    `--s3-endpoint=${endpoint}`,
    `--s3-bucketName=${bucketName}`,
    `--s3-region=${region}`,
    ...(customCa === '' ? [] : [`--s3-endpoint-ca=${base64(customCa)}`]),
    ...(folder === '' ? [] : [`--s3-folder=${folder}`]),
  ];
}

/** Builds the S3 keys, which rke-tools reads from the environment; every output of rke redacts them. */
function buildS3Env({ backupConfig }: EtcdSpec): string[] {
  const { accessKey = '', secretKey = '' } = backupConfig?.s3BackupConfig ?? {};
  return accessKey === '' && secretKey === ''
    ? []
    : [`S3_ACCESS_KEY=${base64(accessKey)}`, `S3_SECRET_KEY=${base64(secretKey)}`];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

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
