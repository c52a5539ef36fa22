import type { CalicoRevision } from './calico-revision.js';

/** Where the kubelet's kubeconfig is on every node. */
const kubeletConfig = '/etc/kubernetes/ssl/kubecfg-kube-node.yaml';

/**
 * The list of CNI plugins that install-cni writes on a host, after it has replaced the words in underscores. The text is the same
 * as RKE's, blank by blank: it is the value of an environment variable, so another one restarts every pod of the DaemonSet.
 *
 * @param ipam lines of the plugin's IPAM, without the last line break
 */
export function cniConfig(
  { cniLogLevel, usesKubeletConfig }: CalicoRevision,
  ipam: readonly string[],
): string {
  return [
    '{',
    '  "name": "k8s-pod-network",',
    '  "cniVersion": "0.3.1",',
    '  "plugins": [',
    '    {',
    '      "type": "calico",',
    `      "log_level": "${cniLogLevel}",`,
    ...(usesKubeletConfig ? [] : ['      "log_file_path": "/var/log/calico/cni/cni.log",']),
    '      "datastore_type": "kubernetes",',
    '      "nodename": "__KUBERNETES_NODE_NAME__",',
    '      "mtu": __CNI_MTU__,',
    '      "ipam": {',
    ipam.map((line) => `          ${line}`).join(',\n'),
    '      },',
    '      "policy": {',
    '          "type": "k8s"',
    '      },',
    '      "kubernetes": {',
    `          "kubeconfig": "${usesKubeletConfig ? kubeletConfig : '__KUBECONFIG_FILEPATH__'}"`,
    '      }',
    '    },',
    '    {',
    '      "type": "portmap",',
    '      "snat": true,',
    '      "capabilities": {"portMappings": true}',
    '    },',
    '    {',
    '      "type": "bandwidth",',
    '      "capabilities": {"bandwidth": true}',
    '    }',
    '  ]',
    '}',
  ].join('\n');
}
