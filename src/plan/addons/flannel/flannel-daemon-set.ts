import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { configEnv, fieldEnv } from '../container-env.js';
import { networkOption } from '../network-option.js';
import { addonNamespace, hasRbac } from '../rbac.js';
import { requireNode, oneNodeAtATime, rolloutStrategy } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import type { FlannelPods } from './flannel-revisions.js';

type Fields = Readonly<Record<string, unknown>>;

interface PodsOfFlannel {
  /** Those of the selector. */
  readonly labels: StringMap;
  /** The ConfigMap with `cni-conf.json` and `net-conf.json`. */
  readonly configName: string;
  readonly revision: FlannelPods;
}

/** The flannel daemon of every node, and beside it what puts the CNI plugins on the host. */
export function flannelDaemonSet(
  spec: ClusterSpec,
  { labels, configName, revision }: PodsOfFlannel,
): KubeObject {
  const { network } = spec;
  const containers = [flanneld(spec, revision), installCni(spec, configName)];
  const podLabels = { ...labels, tier: 'node' };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel', namespace: addonNamespace, labels: podLabels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: rolloutStrategy(network.updateStrategy, oneNodeAtATime),
      template: {
        metadata: { labels: podLabels },
        spec: {
          ...(revision.namesAccountAlways || hasRbac(spec) ? { serviceAccountName: 'flannel' } : {}),
          hostNetwork: true,
          ...priorityClass(spec, revision),
          affinity: { nodeAffinity: requireNode(revision.node) },
          ...(network.nodeSelector === undefined ? {} : { nodeSelector: network.nodeSelector }),
          tolerations: revision.tolerations,
          containers: revision.isInstallFirst ? containers.reverse() : containers,
          volumes: [
            { name: 'run', hostPath: { path: revision.runDirectory } },
            { name: 'host-cni-bin', hostPath: { path: '/opt/cni/bin' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
            { name: 'flannel-cfg', configMap: { name: configName } },
            ...(revision.sees === 'xtables-lock'
              ? [{ name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } }]
              : []),
          ],
        },
      },
    },
  };
}

function priorityClass({ network }: ClusterSpec, { priority: { name, isFixed } }: FlannelPods): Fields {
  const given = networkOption(network.options, 'kube_flannel_priority_class_name');
  const priority = isFixed ? name : (given ?? name);
  return priority === undefined ? {} : { priorityClassName: priority };
}

/** Stays after its work: it puts the plugins back when the host loses them. */
function installCni(spec: ClusterSpec, configName: string): Fields {
  return {
    name: 'install-cni',
    image: systemImage(spec, 'flannelCni'),
    command: ['/install-cni.sh'],
    env: [
      configEnv('CNI_NETWORK_CONFIG', configName, 'cni-conf.json'),
      { name: 'CNI_CONF_NAME', value: '10-flannel.conflist' },
    ],
    volumeMounts: [
      { name: 'cni', mountPath: '/host/etc/cni/net.d' },
      { name: 'host-cni-bin', mountPath: '/host/opt/cni/bin/' },
    ],
  };
}

function flanneld(spec: ClusterSpec, revision: FlannelPods): Fields {
  const { capabilities, seLinuxType, eventQueueDepth, hasLimits, runDirectory, sees } = revision;
  const resources = { cpu: '100m', memory: '50Mi' };
  const networkInterface = networkOption(spec.network.options, 'flannel_iface');
  return {
    name: 'kube-flannel',
    image: systemImage(spec, 'flannel'),
    command: ['/opt/bin/flanneld'],
    args: [
      '--ip-masq',
      '--kube-subnet-mgr',
      ...(networkInterface === undefined ? [] : [`--iface=${networkInterface}`]),
    ],
    resources: { requests: resources, ...(hasLimits ? { limits: resources } : {}) },
    securityContext: {
      privileged: false,
      capabilities: { add: capabilities },
      ...(seLinuxType === undefined ? {} : { seLinuxOptions: { type: seLinuxType } }),
    },
    env: [
      fieldEnv('POD_NAME', 'metadata.name'),
      fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
      ...(eventQueueDepth === undefined ? [] : [{ name: 'EVENT_QUEUE_DEPTH', value: eventQueueDepth }]),
    ],
    volumeMounts: [
      { name: 'run', mountPath: runDirectory },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
      { name: sees, mountPath: sees === 'cni' ? '/etc/cni/net.d' : '/run/xtables.lock' },
    ],
  };
}
