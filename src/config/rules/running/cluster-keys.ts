import type { AddonDefinition } from '../../addons/addon-definition.js';
import { definitionsOf, isMtuSupported } from '../../addons/addon-definitions.js';
import { nodelocal } from './addon-rules.js';
import { cloudNaming } from './cloud-rules.js';
import { etcdImage } from './etcd-rules.js';
import { applied, depends, later, local, refused, type KeyRule } from './key-rule.js';
import { prefixPath } from './path-rules.js';
import { maxUnavailable } from './upgrade-rules.js';

const asSupported =
  'applied as far as `rke` can make the add-on; one that it cannot make yet stays as it is, and a change of it is refused';
const takeBack = 'take the change back';

/** Keys that reach some network plugins only: those of plugins that can be made, and the others. */
const pluginKeys = {
  made: [...(isMtuSupported() ? ['network.mtu'] : []), ...blocksOf(({ isMade }) => isMade)],
  pending: [...(isMtuSupported() ? [] : ['network.mtu']), ...blocksOf(({ isMade }) => !isMade)],
};

function blocksOf(isWanted: (plugin: AddonDefinition) => boolean): string[] {
  return definitionsOf('network')
    .filter(isWanted)
    .flatMap(({ providerBlock }) => (providerBlock === undefined ? [] : [`network.${providerBlock.key}.**`]));
}

/** Keys that are neither below `nodes` nor `services`. */
export const clusterKeys: readonly KeyRule[] = [
  depends(
    'one minor at a time, never down; not set: the running version is kept',
    'keep the version, or take the next minor',
    () => undefined, // See version-rules.ts.
    'kubernetes_version',
  ),
  depends(
    'etcd is replaced, one member after another; an older minor release, or one that skips a release, is refused',
    'take the next minor release',
    etcdImage,
    'system_images.etcd',
  ),
  applied('what runs the image is replaced; an image that nothing runs changes nothing', 'system_images.**'),
  applied(
    'the kubelet gets the new credentials, and images under a changed `is_default` are pulled from there',
    'private_registries',
  ),
  depends(
    'files stay where they are, and components would start with empty directories',
    'keep the value; only a new cluster can have another one',
    prefixPath,
    'prefix_path',
    'win_prefix_path',
  ),
  depends(
    'components get the new settings; refused if nodes would register under other names',
    'keep the provider, or keep the names with `useInstanceMetadataHostname`',
    cloudNaming,
    'cloud_provider.name',
    'cloud_provider.useInstanceMetadataHostname',
  ),
  applied('components get the new settings', 'cloud_provider.**'),
  refused(
    'pods of both plugins could not reach each other, and the old one would stay behind',
    'keep the plugin; only a new cluster can have another one',
    'network.plugin',
  ),
  applied(
    asSupported,
    'network.options',
    'network.node_selector',
    'network.update_strategy.**',
    ...pluginKeys.made,
  ),
  later(
    ...pluginKeys.pending,
    'restore.**',
    'rotate_certificates.**',
    'rotate_encryption_key',
    'ssh_cert_path',
    'upgrade_strategy.drain',
  ),
  applied(
    'the new provider is applied, then the other one is removed by the manifest that RKE v1 stored',
    'dns.provider',
  ),
  applied(
    'removed by the manifest that RKE v1 stored, if removed here; another text is not yet supported',
    'addons',
    'addons_include',
  ),
  applied(
    'removed by the manifest that RKE v1 stored, if the provider becomes `none`; any other change is not yet supported',
    'ingress.**',
  ),
  depends('not yet supported, and not removed yet', takeBack, nodelocal, 'dns.nodelocal.**'),
  applied(
    asSupported,
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
  applied(
    'kube-apiserver is replaced, one host after another',
    'authentication.strategy',
    'authentication.webhook.**',
  ),
  applied('the certificate of kube-apiserver is reissued', 'authentication.sans'),
  applied('kube-apiserver is replaced, one host after another', 'authorization.mode'),
  applied(
    'kubelet is replaced, one host after another',
    'enable_cri_dockerd',
    'cri_dockerd_stream_server_address',
    'cri_dockerd_stream_server_port',
  ),
  local('the name of the cluster in the kubeconfig; nothing on hosts has it', 'cluster_name'),
  local('how hosts are reached', 'ssh_key_path', 'ssh_agent_auth', 'bastion_host.**'),
  local('means nothing, the same as RKE v1', 'ignore_docker_version', 'authorization.options'),
  local('reaches the controller of calico only', 'network.tolerations'),
  local('how long a run waits', 'addon_job_timeout'),
  depends(
    'hosts are upgraded one after another for now, so a value that allows more is refused',
    'set 1, or remove the key',
    maxUnavailable,
    'upgrade_strategy.max_unavailable_worker',
    'upgrade_strategy.max_unavailable_controlplane',
  ),
  local('counts only with `drain`', 'upgrade_strategy.node_drain_input.**'),
];
