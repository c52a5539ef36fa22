import { definitionsOf } from '../../addons/addon-definitions.js';
import type { Finding } from '../rule.js';
import { judgeCloudProvider } from './cloud-rules.js';
import { judgeEtcdImage } from './etcd-rules.js';
import { applied, depends, later, local, type KeyRule } from './key-rule.js';
import type { Difference } from './differences.js';
import { judgePrefixPath } from './path-rules.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

const appliedAgain =
  'applied; with a Kubernetes version for which `rke` does not have the add-on, it stays as it is, and changes are refused';

const providerBlocks = definitionsOf('network').flatMap(({ providerBlock }) =>
  providerBlock === undefined ? [] : [`network.${providerBlock.key}.**`],
);

/** `dns.nodelocal.ip_address`: a pod keeps the DNS server that it got when it started. */
function judgeNodelocal(difference: Difference, cluster: RunningCluster): Finding | undefined {
  if (typeof difference.before !== 'string' || difference.before === '') return undefined;
  return refuseValue(
    difference,
    `running pods keep ${difference.before} as their DNS server, and nothing would answer there`,
    cluster,
  );
}

/** Keys that are not below `nodes` or `services`. */
export const clusterKeys: readonly KeyRule[] = [
  depends(
    'upgraded one minor version at a time, never downgraded; if it is not set, the running version is kept',
    'keep the version, or use the next minor version',
    () => undefined, // See version-rules.ts.
    'kubernetes_version',
  ),
  depends(
    'etcd members are replaced one by one; an older minor release, or one that skips a release, is refused',
    'use the next minor release',
    judgeEtcdImage,
    'system_images.etcd',
  ),
  applied(
    'containers of the image are replaced; an image that is not in use changes nothing',
    'system_images.**',
  ),
  applied(
    'the kubelet gets the new credentials; with a new default registry, images are pulled from there',
    'private_registries',
  ),
  depends(
    'files are not moved, so components would start with empty directories',
    'keep the value; only a new cluster can have another one',
    judgePrefixPath,
    'prefix_path',
    'win_prefix_path',
  ),
  depends(
    'components get the new settings; refused if nodes would register under other names',
    'keep the provider and `useInstanceMetadataHostname`',
    judgeCloudProvider,
    'cloud_provider.name',
    'cloud_provider.useInstanceMetadataHostname',
  ),
  applied('components get the new settings', 'cloud_provider.**'),
  depends(
    'refused without `--allow-network-change`: the network of pods is interrupted ([how it is changed](#change-the-network-plugin))',
    'keep the plugin, or accept the interruption with `rke up --allow-network-change`',
    () => undefined, // See network-rules.ts.
    'network.plugin',
  ),
  applied(
    'the pods of weave are replaced; until all are, nodes with the old and the new password do not reach each other',
    'network.weave_network_provider.password',
  ),
  applied(
    appliedAgain,
    'network.options',
    'network.node_selector',
    'network.update_strategy.**',
    'network.tolerations',
    'network.mtu',
    ...providerBlocks,
  ),
  later('restore.**', 'rotate_certificates.**', 'rotate_encryption_key', 'ssh_cert_path'),
  applied(
    'the new provider is applied; when it is available and alone behind the Service `kube-dns`, the old one is removed, so that names resolve all the time; `none` removes the Service, too',
    'dns.provider',
  ),
  applied(
    'objects are applied, and those that left the manifests are deleted; see [addons.md](addons.md)',
    'addons',
    'addons_include',
  ),
  applied(
    'a release whose chart, values or Kubernetes version changed is rendered and applied again; one that was removed is deleted',
    'addons_helm',
  ),
  applied(
    'the controller is applied again, and its pods are replaced according to `update_strategy`; another provider, or `none`, removes it with its namespace',
    'ingress.**',
  ),
  depends(
    'a cache is added: when it runs on all nodes, the kubelets are replaced host by host, and new pods use it; another address, or none, is refused, since running pods keep the old one',
    'keep the address; only a new cluster can have another one',
    judgeNodelocal,
    'dns.nodelocal.ip_address',
  ),
  applied(
    'the cache is applied again; pods of a node have no DNS for the seconds in which its cache is replaced',
    'dns.nodelocal.**',
  ),
  applied(
    appliedAgain,
    'dns.options',
    'dns.upstreamnameservers',
    'dns.reversecidrs',
    'dns.stubdomains',
    'dns.node_selector',
    'dns.update_strategy.**',
    'dns.linear_autoscaler_params.**',
    'dns.tolerations',
    'monitoring.**',
  ),
  applied('kube-apiserver is replaced, host by host', 'authentication.strategy', 'authentication.webhook.**'),
  applied('the certificate of kube-apiserver is reissued', 'authentication.sans'),
  applied('kube-apiserver is replaced, host by host', 'authorization.mode'),
  applied(
    'the kubelet is replaced, host by host',
    'enable_cri_dockerd',
    'cri_dockerd_stream_server_address',
    'cri_dockerd_stream_server_port',
  ),
  local('only the name of the cluster in the kubeconfig', 'cluster_name'),
  local('only how hosts are reached', 'ssh_key_path', 'ssh_agent_auth', 'bastion_host.**'),
  local('no effect, the same as RKE v1', 'ignore_docker_version', 'authorization.options'),
  local('only how long a run waits', 'addon_job_timeout'),
  local('only how the changes of a run are rolled out; see [upgrade.md](upgrade.md)', 'upgrade_strategy.**'),
];
