import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { networkOption } from '../network-option.js';
import { addonNamespace } from '../rbac.js';
import { requireNode, rolloutStrategy } from '../scheduling.js';
import { systemImage } from '../system-image.js';

/**
 * The flannel daemon of every node, and beside it what puts the CNI plugins on the host.
 *
 * @param labels those of the selector; `configName` the ConfigMap with `cni-conf.json` and `net-conf.json`
 */
export function flannelDaemonSet(
  spec: ClusterSpec,
  { labels, configName }: { readonly labels: StringMap; readonly configName: string },
): KubeObject {
  const { network } = spec;
  const podLabels = { ...labels, tier: 'node' };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel', namespace: addonNamespace, labels: podLabels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: rolloutStrategy(network.updateStrategy, {
        strategy: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 1 },
      }),
      template: {
        metadata: { labels: podLabels },
        spec: {
          serviceAccountName: 'flannel',
          hostNetwork: true,
          priorityClassName:
            networkOption(network.options, 'kube_flannel_priority_class_name') ?? 'system-node-critical',
          affinity: {
            nodeAffinity: requireNode({ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }),
          },
          ...(network.nodeSelector === undefined ? {} : { nodeSelector: network.nodeSelector }),
          tolerations: [
            { operator: 'Exists', effect: 'NoSchedule' },
            { operator: 'Exists', effect: 'NoExecute' },
          ],
          containers: [installCni(spec, configName), flanneld(spec)],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel' } },
            { name: 'host-cni-bin', hostPath: { path: '/opt/cni/bin' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
            { name: 'flannel-cfg', configMap: { name: configName } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}

/** Stays after its work: it puts the plugins back when the host loses them. */
function installCni(spec: ClusterSpec, configName: string): Readonly<Record<string, unknown>> {
  return {
    name: 'install-cni',
    image: systemImage(spec, 'flannelCni'),
    command: ['/install-cni.sh'],
    env: [
      {
        name: 'CNI_NETWORK_CONFIG',
        valueFrom: { configMapKeyRef: { name: configName, key: 'cni-conf.json' } },
      },
      { name: 'CNI_CONF_NAME', value: '10-flannel.conflist' },
    ],
    volumeMounts: [
      { name: 'cni', mountPath: '/host/etc/cni/net.d' },
      { name: 'host-cni-bin', mountPath: '/host/opt/cni/bin/' },
    ],
  };
}

function flanneld(spec: ClusterSpec): Readonly<Record<string, unknown>> {
  const networkInterface = networkOption(spec.network.options, 'flannel_iface');
  const fieldEnv = (name: string, fieldPath: string): unknown => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return {
    name: 'kube-flannel',
    image: systemImage(spec, 'flannel'),
    command: ['/opt/bin/flanneld'],
    args: [
      '--ip-masq',
      '--kube-subnet-mgr',
      ...(networkInterface === undefined ? [] : [`--iface=${networkInterface}`]),
    ],
    resources: { requests: { cpu: '100m', memory: '50Mi' } },
    securityContext: {
      privileged: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'] },
      // A type of rancher-selinux; without SELinux on the host nothing looks at it.
      seLinuxOptions: { type: 'rke_network_t' },
    },
    env: [
      fieldEnv('POD_NAME', 'metadata.name'),
      fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
      { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
    ],
    volumeMounts: [
      { name: 'run', mountPath: '/run/flannel' },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
      { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    ],
  };
}
