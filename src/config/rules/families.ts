import { ipBytes, isCidr, isIpv6 } from '../../core/ip.js';
import { findDefinition } from '../addons/addon-definitions.js';

import { choiceOrigin, refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** The IP families of nodes, pods, Services and the network plugin match. RKE v1 did not check it. */
export const familyRules: Rule = (input) => [
  ...checkNodeFamily(input),
  ...checkPodFamily(input),
  ...checkPluginFamily(input),
];

/**
 * kube-apiserver does not start if the first Service range has another family than its own address (--advertise-address), and
 * kube-proxy serves a node only in the families of the ranges.
 */
function checkNodeFamily({ spec, config, running }: RuleInput): Finding[] {
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
  const family = addressFamily(node.internalAddress) ?? 'IPv4';
  // The ranges of a running cluster cannot be changed.
  const remedy =
    running === undefined
      ? remedyFor(family, ranges.length > 1)
      : `use the ${familyOf(first)} address of the node`;
  return [
    refusal(
      'family',
      path,
      `${node.internalAddress} is an ${family} address, but the ${ranges.length > 1 ? 'first ' : ''}Service range is ${first} ` +
        `(${isWritten ? familyOf(first) : `${familyOf(first)}, default of RKE v1`}); ${remedy}`,
      `${node.internalAddress} ${text}`,
    ),
  ];
}

/** A Service reaches only pods that have an address of its family. */
function checkPodFamily({ spec, config, running }: RuleInput): Finding[] {
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
  const message =
    `the Service range ${missing} is ${familyOf(missing)}, but the pod range is only ${pods}${isWritten ? '' : ' (default of RKE v1)'}` +
    (running === undefined ? `; add an ${familyOf(missing)} range to cluster_cidr` : '');
  // Services use the first family by default, and the second only on request.
  return [
    missing === first
      ? refusal('family', path, message, `${services} ${pods}`)
      : warning('family', path, message),
  ];
}

function remedyFor(family: 'IPv4' | 'IPv6', isDual: boolean): string {
  const keys = 'service_cluster_ip_range of kube-api and kube-controller';
  if (isDual) return `write the ${family} range first in ${keys}`;
  return family === 'IPv6'
    ? `set IPv6 ranges in ${keys} (e.g. fd98::/108) and cluster_cidr (e.g. fd99::/56), and kubelet.cluster_dns_server (e.g. fd98::a)`
    : `set an IPv4 range in ${keys}`;
}

function checkPluginFamily(input: RuleInput): Finding[] {
  const { spec, running } = input;
  const { network, nodes, services } = spec;
  const { plugin } = network;
  if (findDefinition('network', plugin)?.ipFamilies?.ipv6 !== false) return [];
  const node = nodes.find(({ internalAddress }) => addressFamily(internalAddress) === 'IPv6');
  const [pods = ''] = services.kubeController.clusterCidr.split(',');
  const why = isIpv6(pods)
    ? `the pod range is ${pods}`
    : node === undefined
      ? undefined
      : `the node ${node.hostnameOverride} has the address ${node.internalAddress}`;
  // The plugin of a running cluster cannot be changed.
  const remedy =
    running === undefined
      ? '; set network.plugin to none and deploy a plugin that supports IPv6'
      : '; use IPv4 addresses';
  const path = 'network.plugin';
  const message = `${plugin}${choiceOrigin(input, path)} supports IPv4 only, but ${why ?? ''}${remedy}`;
  return why === undefined ? [] : [refusal('family', path, message, `${plugin} ${why}`)];
}

/** Undefined for a DNS name; IPv4 for an IPv4-mapped IPv6 address. */
function addressFamily(address = ''): 'IPv4' | 'IPv6' | undefined {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : bytes.length === 4 ? 'IPv4' : 'IPv6';
}

const familyOf = (text: string): 'IPv4' | 'IPv6' => (isIpv6(text) ? 'IPv6' : 'IPv4');
