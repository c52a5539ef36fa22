import { aciAgents } from './aci-agents.js';
import { fields, list, object, string, stringMap, strings } from './field.js';

/** Cisco ACI: `network.aci_network_provider`. Booleans and numbers are strings, the same as in RKE v1. */
export const aciNetworkProvider = object({
  ...fields(string, {
    system_id: { doc: 'Name of the cluster in the fabric; required.', example: 'cluster-1' },
    token: {
      doc: 'Version of the configuration, which changes with it; required.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    apic_user_name: { doc: 'APIC user name; required.', example: 'cluster-1' },
    apic_user_key: { doc: 'Private key (base64) of the APIC user; required.', example: 'LS0tLS1CRUdJTi...' },
    apic_user_crt: { doc: 'Certificate (base64) of the APIC user; required.', example: 'LS0tLS1CRUdJTi...' },
    apic_refresh_time: {
      doc: 'Interval of the renewal of APIC subscriptions, in seconds.',
      default: '1200',
      example: '"1200"',
    },
    apic_refresh_ticker_adjust: {
      doc: 'Seconds by which subscriptions are renewed earlier.',
      default: '0',
      example: '"0"',
    },
    apic_subscription_delay: {
      doc: 'Delay between two subscriptions, in milliseconds.',
      default: '0',
      example: '"0"',
    },
    apic_connection_retry_limit: {
      doc: 'Connection attempts to the APIC.',
      default: '5',
      example: '"5"',
    },
    vmm_domain: { doc: 'Virtual machine domain of the cluster.', example: 'Kubernetes' },
    vmm_controller: { doc: 'Controller in the virtual machine domain.', example: 'cluster-1' },
    encap_type: { doc: 'Encapsulation: vlan or vxlan; required.', example: 'vxlan' },
    node_subnet: { doc: 'Subnet of the nodes; required.', example: '10.1.0.1/16' },
    mcast_range_start: { doc: 'First multicast address; required.', example: '225.20.1.1' },
    mcast_range_end: { doc: 'Last multicast address; required.', example: '225.20.255.255' },
    aep: {
      doc: 'Attachable entity profile of the nodes; required.',
      example: 'kube-cluster',
    },
    vrf_name: { doc: 'VRF of the cluster; required.', example: 'vrf-1' },
    vrf_tenant: { doc: 'Tenant of the VRF; required.', example: 'common' },
    overlay_vrf_name: { doc: 'VRF of the overlay.', example: 'overlay-1' },
    l3out: { doc: 'Layer 3 outside network of the cluster; required.', example: 'l3out' },
    extern_dynamic: {
      doc: 'Subnet for dynamic external addresses of Services; required.',
      example: '10.3.0.1/24',
    },
    extern_static: {
      doc: 'Subnet for static external addresses of Services; required.',
      example: '10.4.0.1/24',
    },
    node_svc_subnet: { doc: 'Subnet of the service graph; required.', example: '10.5.0.1/24' },
    kube_api_vlan: { doc: 'VLAN of the nodes; required.', example: '"4001"' },
    service_vlan: { doc: 'VLAN of the service graph; required.', example: '"4003"' },
    infra_vlan: { doc: 'VLAN of the fabric; required.', example: '"4093"' },
    tenant: { doc: 'Tenant of the cluster.', default: 'system_id', example: 'production' },
    ep_registry: {
      doc: 'Endpoint registry: the APIC or Kubernetes objects.',
      example: 'k8s',
    },
    opflex_mode: { doc: 'OpFlex mode.', example: 'overlay' },
    subnet_domain_name: { doc: 'Domain name of the node subnet.', example: 'cluster.local' },
    kafka_client_crt: { doc: 'Kafka client certificate (base64).', example: 'LS0tLS1CRUdJTi...' },
    kafka_client_key: { doc: 'Private key (base64) of the Kafka client.', example: 'LS0tLS1CRUdJTi...' },
    capic: { doc: 'Use a cloud APIC.', default: 'false', example: '"true"' },
    use_aci_anywhere_crd: {
      doc: 'Create the custom resources of ACI Anywhere.',
      default: 'false',
      example: '"true"',
    },
    gbp_pod_subnet: { doc: 'Pod subnet of the policy server.', example: '10.2.0.1/16' },
    pod_subnet_chunk_size: {
      doc: 'Pod addresses allocated to a node at a time.',
      default: '32',
      example: '"32"',
    },
    snat_contract_scope: { doc: 'Scope of the SNAT contract.', default: 'global' },
    snat_namespace: { doc: 'Namespace of the SNAT objects.', default: 'aci-containers-system' },
    snat_port_range_start: { doc: 'First SNAT port.', default: '5000', example: '"5000"' },
    snat_port_range_end: { doc: 'Last SNAT port.', default: '65000', example: '"65000"' },
    snat_ports_per_node: { doc: 'SNAT ports per node.', default: '3000', example: '"3000"' },
    disable_periodic_snat_global_info_sync: {
      doc: 'Disable the periodic sync of the SNAT table.',
      default: 'false',
      example: '"true"',
    },
    sleep_time_snat_global_info_sync: {
      doc: 'Interval of the sync of the SNAT table, in seconds.',
      default: '0',
      example: '"0"',
    },
    max_nodes_svc_graph: {
      doc: 'Maximum number of nodes in a service graph.',
      default: '32',
      example: '"32"',
    },
    service_graph_endpoint_add_delay: {
      doc: 'Delay before an endpoint joins a service graph, in seconds.',
      default: '0',
      example: '"0"',
    },
    no_wait_for_service_ep_readiness: {
      doc: 'Add endpoints to a service graph before they are ready.',
      default: 'false',
      example: '"true"',
    },
    add_external_subnets_to_rdconfig: {
      doc: 'Add the external subnets to the routing domain.',
      default: 'false',
      example: '"true"',
    },
    add_external_contract_to_default_epg: {
      doc: 'Add the external contract to the default EPG.',
      default: 'false',
      example: '"true"',
    },
    service_monitor_interval: {
      doc: 'Interval of node checks in a service graph, in seconds.',
      default: '5',
      example: '"5"',
    },
    pbr_tracking_non_snat: {
      doc: 'Also track nodes for traffic without SNAT.',
      default: 'false',
      example: '"true"',
    },
    hpp_optimization: {
      doc: 'Merge host protection profiles.',
      default: 'false',
      example: '"true"',
    },
    disable_hpp_rendering: {
      doc: 'Disable host protection profiles.',
      default: 'false',
      example: '"true"',
    },
    enable_hpp_direct: {
      doc: 'Distribute host protection profiles directly to nodes.',
      default: 'false',
      example: '"true"',
    },
    unknown_mac_unicast_action: {
      doc: 'Action for unknown MAC addresses: flood or proxy.',
      example: 'proxy',
    },
    aci_multipod: {
      doc: 'The fabric is a multi-pod fabric.',
      default: 'false',
      example: '"true"',
    },
    aci_multipod_ubuntu: {
      doc: 'The fabric is a multi-pod fabric and the nodes run Ubuntu.',
      default: 'false',
      example: '"true"',
    },
  }),
  ...fields(strings, {
    apic_hosts: { doc: 'Addresses of the APIC.', example: '[10.30.120.100]' },
    l3out_external_networks: { doc: 'External networks; required.', example: '[default]' },
    kafka_brokers: { doc: 'Addresses of Kafka brokers.', example: '["10.30.120.101:9092"]' },
  }),
  ...fields(list(stringMap), {
    service_graph_endpoint_add_services: {
      doc: 'Services to which service_graph_endpoint_add_delay applies.',
      example: '[{ name: web, namespace: default }]',
    },
    node_snat_redirect_exclude: {
      doc: 'Nodes excluded from SNAT redirection.',
      example: '[{ group: router, labels: router }]',
    },
  }),
  ...aciAgents,
});
