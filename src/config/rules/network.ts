import { isAtLeast, isBuildWithin, isWithin } from '../../versions/kubernetes-version.js';
import { didYouMean, error, refusal, unwritten, warning, type Finding, type Rule } from './rule.js';

const plugins = ['canal', 'flannel', 'calico', 'weave', 'aci', 'none'];

/** What RKE asks of the network (cluster/validation.go validateNetworkOptions). */
export const networkRules: Rule = ({ spec, config }) => {
  const { network, kubernetesVersion: version, services } = spec;
  const { plugin } = network;
  const path = 'network.plugin';
  if (!plugins.includes(plugin))
    return [
      error('unknown-value', path, `"${plugin}" is not a network plugin${didYouMean(plugin, plugins)}`),
    ];
  const isDualStack =
    services.kubeApi.serviceClusterIpRange.includes(',') || services.kubeController.clusterCidr.includes(',');
  return [
    ...(plugin === 'flannel' && (network.mtu ?? 0) !== 0
      ? [error('not-allowed', 'network.mtu', 'flannel finds its own MTU; take the key away')]
      : []),
    ...(plugin === 'weave' ? weave(version, unwritten(spec, config)) : []),
    ...(isDualStack ? dualStack(plugin, version) : []),
    ...(plugin === 'aci' ? aci(network.options ?? {}, (network as AciNetwork).aciNetworkProvider ?? {}) : []),
    ...backendNumbers(network.options ?? {}),
    ...backendType(plugin, network.options ?? {}),
  ];
};

interface AciNetwork {
  readonly aciNetworkProvider?: Readonly<Record<string, unknown>>;
}

function weave(version: string, because: string): Finding[] {
  const path = 'network.plugin';
  if (isAtLeast(version, '1.30'))
    return [error('not-allowed', path, `weave ends with Kubernetes 1.29${because}; choose canal or calico`)];
  return isWithin(version, '>=1.27.1')
    ? [warning('deprecated', path, 'weave is deprecated from Kubernetes 1.27 on and gone from 1.30 on')]
    : [];
}

/** Builds from which on ACI has both families. */
const aciDualStack =
  '>=1.23.16-rancher2-3 <=1.23.99 || >=1.24.13-rancher2-2 <=1.24.99 || >=1.25.9-rancher2-2';

function dualStack(plugin: string, version: string): Finding[] {
  const path = 'network.plugin';
  if (plugin !== 'calico' && plugin !== 'aci')
    return [error('not-allowed', path, `${plugin} knows one family of addresses only; calico knows both`)];
  return plugin === 'aci' && !isBuildWithin(version, aciDualStack)
    ? [error('not-allowed', path, `the ACI plugin of ${version} knows one family of addresses only`)]
    : [];
}

/** Keys without which ACI is not deployed, by option, in the order in which RKE asks for them. */
const aciNeeds: readonly (readonly [option: string, key: string])[] = [
  ['aci_system_identifier', 'system_id'],
  ['aci_token', 'token'],
  ['aci_apic_user_name', 'apic_user_name'],
  ['aci_apic_user_key', 'apic_user_key'],
  ['aci_apic_user_crt', 'apic_user_crt'],
  ['aci_encap_type', 'encap_type'],
  ['aci_mcast_range_start', 'mcast_range_start'],
  ['aci_mcast_range_end', 'mcast_range_end'],
  ['aci_node_subnet', 'node_subnet'],
  ['aci_aep', 'aep'],
  ['aci_vrf_name', 'vrf_name'],
  ['aci_vrf_tenant', 'vrf_tenant'],
  ['aci_l3out', 'l3out'],
  ['aci_dynamic_external_subnet', 'extern_dynamic'],
  ['aci_static_external_subnet', 'extern_static'],
  ['aci_service_graph_subnet', 'node_svc_subnet'],
  ['aci_kubeapi_vlan', 'kube_api_vlan'],
  ['aci_service_vlan', 'service_vlan'],
  ['aci_infra_vlan', 'infra_vlan'],
];

function aci(options: Readonly<Record<string, string>>, block: Readonly<Record<string, unknown>>): Finding[] {
  const missing = [
    ...aciNeeds.filter(([option]) => (options[option] ?? '') === '').map(([, key]) => key),
    ...(block['apicHosts'] === undefined ? ['apic_hosts'] : []),
    ...(block['l3outExternalNetworks'] === undefined ? ['l3out_external_networks'] : []),
  ];
  return missing.map((key) =>
    error('missing', `network.aci_network_provider.${key}`, 'the ACI plugin cannot do without it'),
  );
}

/** Written into flannel's own configuration, where a word would stop it. */
function backendNumbers(options: Readonly<Record<string, string>>): Finding[] {
  return [
    'flannel_backend_port',
    'flannel_backend_vni',
    'canal_flannel_backend_port',
    'canal_flannel_backend_vni',
  ]
    .filter((name) => options[name] !== undefined && !/^\d+$/.test(options[name]))
    .map((name) =>
      error('bad-number', `network.options.${name}`, `"${options[name] ?? ''}" is not a whole number`),
    );
}

const backendTypes = ['vxlan', 'host-gw', 'wireguard', 'udp', 'ipip', 'ipsec', 'alloc', 'extension'];

/** flannel ends with one that it does not know; RKE wrote anything into its configuration. */
function backendType(plugin: string, options: Readonly<Record<string, string>>): Finding[] {
  const option = plugin === 'canal' ? 'canal_flannel_backend_type' : 'flannel_backend_type';
  const type = options[option];
  return (plugin !== 'canal' && plugin !== 'flannel') || type === undefined || backendTypes.includes(type)
    ? []
    : [
        refusal(
          'unknown-value',
          `network.options.${option}`,
          `"${type}" is not a backend of flannel${didYouMean(type, backendTypes)}`,
        ),
      ];
}
