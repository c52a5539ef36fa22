import { backendType } from '../../../config/addons/flannel-backend.js';
import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { bindRole } from '../calico/calico-access.js';
import { pullPolicy } from '../calico/calico-node.js';
import type { CalicoRevision } from '../calico/calico-revision.js';
import { configEnv, fieldEnv } from '../container-env.js';
import { clusterRole } from '../rbac.js';
import { systemImage } from '../system-image.js';

/**
 * flannel's configuration in canal. As in RKE's templates, `canal_flannel_backend_port` and `canal_flannel_backend_vni` do not
 * reach it: on a running cluster, another port would cut the nodes off from each other (rancher/rke#2109).
 */
export function netConf({ network, services }: ClusterSpec): string {
  const type = network.options?.['canal_flannel_backend_type'] ?? backendType.default;
  return [
    '{',
    `  "Network": ${JSON.stringify(services.kubeController.clusterCidr)},`,
    '  "Backend": {',
    `    "Type": ${JSON.stringify(type)}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

export function flannelAccess({ isPrivileged }: CalicoRevision, account: string): KubeObject[] {
  return [
    clusterRole('flannel', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
    ]),
    bindRole({
      binding: isPrivileged ? 'canal-flannel' : 'flannel',
      role: 'flannel',
      account,
      bindsKubelets: !isPrivileged,
    }),
  ];
}

export function canalFlannel(spec: ClusterSpec, revision: CalicoRevision, configName: string): Fields {
  return {
    name: 'kube-flannel',
    image: systemImage(spec, 'canalFlannel'),
    ...pullPolicy(revision.pullPolicy === 'all'),
    command: ['/opt/bin/flanneld', '--ip-masq', '--kube-subnet-mgr'],
    securityContext: { privileged: true },
    env: [
      fieldEnv('POD_NAME', 'metadata.name'),
      fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
      configEnv('FLANNELD_IFACE', configName, 'canal_iface'),
      configEnv('FLANNELD_IP_MASQ', configName, 'masquerade'),
    ],
    volumeMounts: [
      { mountPath: '/run/xtables.lock', name: 'xtables-lock', readOnly: false },
      { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
    ],
  };
}
