import { certificatePath, keyPath } from '../../pki/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { configBind, longLivedContainer, typeSecurityOpt, volumeBinds } from '../container-fields.js';
import type { HostContext } from '../host-context.js';

const name = 'etcd-rolling-snapshots';

/** Takes a snapshot of etcd at regular intervals, on every etcd host (RKE services/etcd.go:427-532). */
export function planEtcdRollingSnapshots(context: HostContext): ContainerSpec {
  const { etcd } = context.spec.services;
  return longLivedContainer({
    name,
    image: snapshotImage(context),
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
      `--endpoints=${context.node.internalAddress}:2379`,
      `--retention=${etcd.retention ?? ''}`,
      `--creation=${etcd.creation ?? ''}`,
    ],
    env: etcd.extraEnv ?? [],
    binds: volumeBinds(context, ['/opt/rke/etcd-snapshots/:/backup:z', configBind(context)]),
    securityOpt: typeSecurityOpt(context),
    labels: {},
  });
}

/**
 * Image of the containers that work on snapshots: rke-tools of the cluster's version under the tag of RKE's default
 * version; another image stays as it is (RKE util/util.go:147-163).
 */
function snapshotImage({ spec, snapshotImageTag }: HostContext): string {
  const image = spec.systemImages['alpine'] ?? '';
  return image.includes('rancher/rke-tools') ? image.replace(/:[^:/]*$/, `:${snapshotImageTag}`) : image;
}
