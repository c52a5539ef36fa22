import type { NetworkSpec } from '../../config/cluster-spec.js';
import { sortedEntries } from '../../core/stable.js';
import { cloudProviderName } from '../cloud/cloud-provider.js';
import type { HostContext } from '../host-context.js';

/** What every container of a Windows host is told of the cluster, last of all its variables. */
export function windowsEnv({ spec, node, prefixPath }: HostContext): string[] {
  const { kubeController, kubelet, kubeApi } = spec.services;
  return [
    `RKE_CLUSTER_CIDR=${kubeController.clusterCidr}`,
    `RKE_CLUSTER_DOMAIN=${kubelet.clusterDomain}`,
    `RKE_CLUSTER_DNS_SERVER=${kubelet.clusterDnsServer}`,
    `RKE_CLUSTER_SERVICE_CIDR=${kubeApi.serviceClusterIpRange}`,
    `RKE_NODE_ADDRESS=${node.address}`,
    `RKE_NODE_INTERNAL_ADDRESS=${node.internalAddress}`,
    `RKE_CLOUD_PROVIDER_NAME=${cloudProviderName(spec)}`,
    `RKE_NODE_PREFIX_PATH=${prefixPath}`,
  ];
}

const members = [
  ...(['plugin', 'options', 'mtu', 'calicoNetworkProvider', 'canalNetworkProvider'] as const),
  ...(['flannelNetworkProvider', 'weaveNetworkProvider', 'aciNetworkProvider', 'nodeSelector'] as const),
  ...(['updateStrategy', 'tolerations'] as const),
];

/** The network block as Go writes it: members in the order of its struct, options by name. */
export function networkConfiguration(network: NetworkSpec): string {
  const given = network as unknown as Readonly<Record<string, unknown>>;
  const { strategy, rollingUpdate } = network.updateStrategy ?? {};
  const written: Readonly<Record<string, unknown>> = {
    ...given,
    ...(network.options === undefined ? {} : { options: Object.fromEntries(sortedEntries(network.options)) }),
    ...(network.updateStrategy === undefined ? {} : { updateStrategy: { strategy, rollingUpdate } }),
  };
  return JSON.stringify(Object.fromEntries(members.map((name) => [name, written[name]])));
}
