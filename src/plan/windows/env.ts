import type { NetworkSpec } from '../../config/cluster-spec.js';
import { goJson } from '../../core/go-json.js';
import { sortedEntries } from '../../core/stable.js';
import { cloudProviderName } from '../cloud/cloud-provider.js';
import type { HostContext } from '../host-context.js';

/** Builds the variables of every container of a Windows host, which are its last ones (RKE cluster/cluster.go:1240). */
export function buildWindowsEnv({ spec, node, prefixPath }: HostContext): string[] {
  const { kubeController, kubelet } = spec.services;
  return [
    `RKE_CLUSTER_CIDR=${kubeController.clusterCidr}`,
    `RKE_CLUSTER_DOMAIN=${kubelet.clusterDomain}`,
    `RKE_CLUSTER_DNS_SERVER=${kubelet.clusterDnsServer}`,
    `RKE_CLUSTER_SERVICE_CIDR=${kubeController.serviceClusterIpRange}`,
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

const tolerationMembers = ['key', 'operator', 'value', 'effect', 'tolerationSeconds'] as const;

/** Renders the network block the same as Go: members in the order of its structs, maps sorted (RKE cluster/plan.go:1298). */
export function renderNetworkConfiguration(network: NetworkSpec): string {
  const { options, nodeSelector, updateStrategy, tolerations } = network;
  const written: Readonly<Record<string, unknown>> = {
    ...(network as unknown as Readonly<Record<string, unknown>>),
    options: options && Object.fromEntries(sortedEntries(options)),
    nodeSelector: nodeSelector && Object.fromEntries(sortedEntries(nodeSelector)),
    updateStrategy: updateStrategy && {
      strategy: updateStrategy.strategy,
      rollingUpdate: updateStrategy.rollingUpdate && pick(updateStrategy.rollingUpdate, rollingMembers),
    },
    tolerations: tolerations?.map((toleration) => pick(toleration, tolerationMembers)),
  };
  return goJson(pick(written, members));
}

const rollingMembers = ['maxUnavailable', 'maxSurge'] as const;

/** Picks members in an order; JSON omits undefined ones. */
function pick(value: object, names: readonly string[]): Record<string, unknown> {
  const given = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}
