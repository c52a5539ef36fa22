import type { CalicoRevision } from './calico-revision.js';

/** Where the kubelet's kubeconfig is on every node. */
const kubeletConfig = '/etc/kubernetes/ssl/kubecfg-kube-node.yaml';

interface CniPlugin {
  /** Lines of its IPAM, without the last line break. */
  readonly ipam: readonly string[];
  /** Given for canal before it let install-cni fill in the MTU: that of pods, 0 if the plugin chooses it. */
  readonly mtuInText?: number;
}

/**
 * The list of CNI plugins that install-cni writes on a host, after it has replaced the words in underscores. The text is the same
 * as RKE's, blank by blank: it is the value of an environment variable, so another one restarts every pod of the DaemonSet.
 */
export function cniConfig(
  { cniLogLevel, isPrivileged, usesKubeletConfig }: CalicoRevision,
  { ipam, mtuInText }: CniPlugin,
): string {
  const isFilledIn = mtuInText === undefined;
  return [
    '{',
    '  "name": "k8s-pod-network",',
    '  "cniVersion": "0.3.1",',
    '  "plugins": [',
    '    {',
    '      "type": "calico",',
    ...(isFilledIn || mtuInText === 0 ? [] : [`      "mtu": ${mtuInText},`]),
    `      "log_level": "${cniLogLevel}",`,
    ...(usesKubeletConfig ? [] : ['      "log_file_path": "/var/log/calico/cni/cni.log",']),
    '      "datastore_type": "kubernetes",',
    '      "nodename": "__KUBERNETES_NODE_NAME__",',
    ...(isFilledIn ? ['      "mtu": __CNI_MTU__,'] : []),
    '      "ipam": {',
    ipam.map((line) => `          ${line}`).join(',\n'),
    '      },',
    '      "policy": {',
    ...(isFilledIn
      ? ['          "type": "k8s"']
      : ['          "type": "k8s",', '          "k8s_auth_token": "__SERVICEACCOUNT_TOKEN__"']),
    '      },',
    '      "kubernetes": {',
    `        ${isFilledIn ? '  ' : ''}"kubeconfig": "${usesKubeletConfig ? kubeletConfig : '__KUBECONFIG_FILEPATH__'}"`,
    '      }',
    '    },',
    '    {',
    '      "type": "portmap",',
    '      "snat": true,',
    '      "capabilities": {"portMappings": true}',
    ...(isPrivileged
      ? ['    },', '    {', '      "type": "bandwidth",', '      "capabilities": {"bandwidth": true}']
      : []),
    '    }',
    '  ]',
    '}',
  ].join('\n');
}
