import { ipBytes, isCidr, isIpv6 } from '../../core/ip.js';
import { findDefinition } from '../addons/addon-definitions.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** IPv4 and IPv6 of nodes, Services and the network plugin fit together. RKE did not look. */
export const familyRules: Rule = (input) => [
  ...servicesLikeNodes(input),
  ...podsLikeServices(input),
  ...pluginFamily(input.spec),
];

/**
 * kube-apiserver ends if the first range of Services has another family than its own address (--advertise-address), and
 * kube-proxy serves a node in the families of the ranges only.
 */
function servicesLikeNodes({ spec, config }: RuleInput): Finding[] {
  const { kubeApi } = spec.services;
  const text = kubeApi.extraArgs?.['service-cluster-ip-range'] ?? kubeApi.serviceClusterIpRange;
  const ranges = text.split(',').filter(isCidr);
  const [first] = ranges;
  if (first === undefined) return [];
  const index = spec.nodes.findIndex(({ internalAddress, role }) => {
    const family = addressFamily(internalAddress);
    const allowed = role.includes('controlplane') ? [first] : ranges;
    return family !== undefined && !allowed.some((range) => familyOf(range) === family);
  });
  const node = spec.nodes[index];
  if (node === undefined) return [];
  const given = config.nodes?.[index]?.internalAddress ?? '';
  const path = `nodes[${index}].${given === '' ? 'address' : 'internal_address'}`;
  const isWritten = (config.services?.kubeApi?.serviceClusterIpRange ?? '') !== '';
  const ofServices = `${text}${isWritten ? '' : ", RKE's default,"}`;
  const wanted = addressFamily(node.internalAddress) ?? 'IPv4';
  return [
    refusal(
      'family',
      path,
      `${node.internalAddress} is an ${wanted} address, and the Services have ${ofServices} (${familyOf(first)} first); ` +
        remedyFor(wanted, ranges.length > 1),
      `${node.internalAddress} ${text}`,
    ),
  ];
}

/** A Service reaches no pod that has no address of its family. */
function podsLikeServices({ spec, config }: RuleInput): Finding[] {
  const { kubeApi, kubeController } = spec.services;
  const services = kubeApi.extraArgs?.['service-cluster-ip-range'] ?? kubeApi.serviceClusterIpRange;
  const pods = kubeController.extraArgs?.['cluster-cidr'] ?? kubeController.clusterCidr;
  const ranges = pods.split(',').filter(isCidr);
  const [first, ...others] = services.split(',').filter(isCidr);
  const lacks = (range: string): boolean => !ranges.some((pod) => isIpv6(pod) === isIpv6(range));
  if (first === undefined || ranges.length === 0) return [];
  const isWritten = (config.services?.kubeController?.clusterCidr ?? '') !== '';
  const path = isWritten
    ? 'services.kube-controller.cluster_cidr'
    : 'services.kube-api.service_cluster_ip_range';
  const missing = [first, ...others].find(lacks);
  if (missing === undefined) return [];
  const why = `the Services have ${missing} (${familyOf(missing)}), and the pods only ${pods}${isWritten ? '' : ", RKE's default"}; add an ${familyOf(missing)} range to cluster_cidr`;
  // Services of the first family are what everything uses; those of the second have to be asked for.
  return [
    missing === first ? refusal('family', path, why, `${services} ${pods}`) : warning('family', path, why),
  ];
}

function remedyFor(family: 'IPv4' | 'IPv6', isDual: boolean): string {
  const keys = 'service_cluster_ip_range of kube-api and kube-controller';
  if (isDual) return `put the ${family} range first in ${keys}`;
  return family === 'IPv6'
    ? `write IPv6 ranges in ${keys} (e.g. fd98::/108), cluster_cidr (e.g. fd99::/56) and kubelet.cluster_dns_server (e.g. fd98::a)`
    : `write an IPv4 range in ${keys}`;
}

function pluginFamily({ network: { plugin }, nodes, services }: ClusterSpec): Finding[] {
  if (findDefinition('network', plugin)?.ipFamilies?.ipv6 !== false) return [];
  const node = nodes.find(({ internalAddress }) => addressFamily(internalAddress) === 'IPv6');
  const [pods = ''] = services.kubeController.clusterCidr.split(',');
  const what = isIpv6(pods)
    ? `the pods have ${pods}`
    : node === undefined
      ? undefined
      : `the node ${node.hostnameOverride} has ${node.internalAddress}`;
  return what === undefined
    ? []
    : [
        refusal(
          'family',
          'network.plugin',
          `${plugin} works with IPv4 only, and ${what}; write network: {plugin: none} and deploy a plugin that knows IPv6`,
        ),
      ];
}

/** Undefined for a name. An IPv4 address in IPv6 form is one of IPv4. */
function addressFamily(address = ''): 'IPv4' | 'IPv6' | undefined {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : bytes.length === 4 ? 'IPv4' : 'IPv6';
}

const familyOf = (text: string): 'IPv4' | 'IPv6' => (isIpv6(text) ? 'IPv6' : 'IPv4');
