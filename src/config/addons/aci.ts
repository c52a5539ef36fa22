import type { AddonDefinition } from './addon-definition.js';
import { aciRevisions } from './aci-revisions.js';
import { resolveAci } from './resolve-aci.js';

export const aci = {
  name: 'aci',
  kind: 'network',
  templates: { of: 'aci', made: aciRevisions.map((name) => `aci-${name}`) },
  isRollingOnly: true,
  images: [
    { role: 'aciCniDeployContainer' },
    { role: 'aciHostContainer' },
    { role: 'aciOpflexContainer' },
    { role: 'aciMcastContainer' },
    { role: 'aciOvsContainer' },
    { role: 'aciControllerContainer' },
    { role: 'aciGbpServerContainer', isOptional: true },
    { role: 'aciOpflexServerContainer', isOptional: true },
  ],
  providerBlock: {
    key: 'aci_network_provider',
    json: 'aciNetworkProvider',
    resolve: (given, choice) => {
      const { provider, options } = resolveAci(given, choice);
      return { block: provider, options };
    },
  },
  // In the order in which RKE asks for them (cluster/validation.go validateNetworkOptions).
  requirements: [
    { key: 'system_id', option: 'aci_system_identifier' },
    { key: 'token', option: 'aci_token' },
    { key: 'apic_user_name', option: 'aci_apic_user_name' },
    { key: 'apic_user_key', option: 'aci_apic_user_key' },
    { key: 'apic_user_crt', option: 'aci_apic_user_crt' },
    { key: 'encap_type', option: 'aci_encap_type' },
    { key: 'mcast_range_start', option: 'aci_mcast_range_start' },
    { key: 'mcast_range_end', option: 'aci_mcast_range_end' },
    { key: 'node_subnet', option: 'aci_node_subnet' },
    { key: 'aep', option: 'aci_aep' },
    { key: 'vrf_name', option: 'aci_vrf_name' },
    { key: 'vrf_tenant', option: 'aci_vrf_tenant' },
    { key: 'l3out', option: 'aci_l3out' },
    { key: 'extern_dynamic', option: 'aci_dynamic_external_subnet' },
    { key: 'extern_static', option: 'aci_static_external_subnet' },
    { key: 'node_svc_subnet', option: 'aci_service_graph_subnet' },
    { key: 'kube_api_vlan', option: 'aci_kubeapi_vlan' },
    { key: 'service_vlan', option: 'aci_service_vlan' },
    { key: 'infra_vlan', option: 'aci_infra_vlan' },
    { key: 'apic_hosts', member: 'apicHosts' },
    { key: 'l3out_external_networks', member: 'l3outExternalNetworks' },
  ],
  ipFamilies: {
    ipv6: true,
    dualStack: '>=1.23.16-rancher2-3 <=1.23.99 || >=1.24.13-rancher2-2 <=1.24.99 || >=1.25.9-rancher2-2',
  },
} as const satisfies AddonDefinition;
