import { aciAgents } from './aci-agents.js';
import { fields, list, object, text, textMap, texts } from './field.js';

/** Cisco ACI: `network.aci_network_provider`. Switches and numbers are texts here, as RKE has them. */
export const aciNetworkProvider = object({
  ...fields(text, {
    system_id: { doc: 'Name of the cluster in the fabric; must be given.', example: 'cluster-1' },
    token: {
      doc: 'Changes with every configuration, so that pods see that it did; must be given.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    apic_user_name: { doc: 'Who logs in to the APIC; must be given.', example: 'cluster-1' },
    apic_user_key: { doc: 'Private key (base64) of that user; must be given.', example: 'LS0tLS1CRUdJTi...' },
    apic_user_crt: { doc: 'Certificate (base64) of that user; must be given.', example: 'LS0tLS1CRUdJTi...' },
    apic_refresh_time: {
      doc: 'Seconds after which the subscription at the APIC is renewed.',
      default: '1200',
      example: '"1200"',
    },
    apic_refresh_ticker_adjust: {
      doc: 'Seconds by which it is renewed earlier.',
      default: '0',
      example: '"0"',
    },
    apic_subscription_delay: {
      doc: 'Milliseconds to wait between two subscriptions.',
      default: '0',
      example: '"0"',
    },
    apic_connection_retry_limit: {
      doc: 'How often a connection to the APIC is tried.',
      default: '5',
      example: '"5"',
    },
    vmm_domain: { doc: 'Virtual machine domain of the cluster.', example: 'Kubernetes' },
    vmm_controller: { doc: 'Controller in that domain.', example: 'cluster-1' },
    encap_type: { doc: 'How packets are wrapped: vlan or vxlan; must be given.', example: 'vxlan' },
    node_subnet: { doc: 'Addresses of nodes; must be given.', example: '10.1.0.1/16' },
    mcast_range_start: { doc: 'First multicast address; must be given.', example: '225.20.1.1' },
    mcast_range_end: { doc: 'Last multicast address; must be given.', example: '225.20.255.255' },
    aep: {
      doc: 'Attachable entity profile that the nodes are behind; must be given.',
      example: 'kube-cluster',
    },
    vrf_name: { doc: 'VRF of the cluster; must be given.', example: 'vrf-1' },
    vrf_tenant: { doc: 'Tenant of the VRF; must be given.', example: 'common' },
    overlay_vrf_name: { doc: 'VRF of the overlay.', example: 'overlay-1' },
    l3out: { doc: 'Layer 3 outside network of the cluster; must be given.', example: 'l3out' },
    extern_dynamic: {
      doc: 'Addresses for Services that get one of their own; must be given.',
      example: '10.3.0.1/24',
    },
    extern_static: { doc: 'Addresses for Services that ask for one; must be given.', example: '10.4.0.1/24' },
    node_svc_subnet: { doc: 'Addresses for the service graph; must be given.', example: '10.5.0.1/24' },
    kube_api_vlan: { doc: 'VLAN of the nodes; must be given.', example: '"4001"' },
    service_vlan: { doc: 'VLAN of the service graph; must be given.', example: '"4003"' },
    infra_vlan: { doc: 'VLAN of the fabric; must be given.', example: '"4093"' },
    tenant: { doc: 'Tenant of the cluster.', default: 'system_id', example: 'production' },
    ep_registry: {
      doc: 'Where end points are kept: in the APIC, or as objects of Kubernetes.',
      example: 'k8s',
    },
    opflex_mode: { doc: 'How OpFlex is spoken.', example: 'overlay' },
    subnet_domain_name: { doc: 'Domain of the addresses of nodes.', example: 'cluster.local' },
    kafka_client_crt: { doc: 'Certificate (base64) of the client of Kafka.', example: 'LS0tLS1CRUdJTi...' },
    kafka_client_key: { doc: 'Private key (base64) of the client of Kafka.', example: 'LS0tLS1CRUdJTi...' },
    capic: { doc: 'Whether the APIC is one in a cloud.', default: 'false', example: '"true"' },
    use_aci_anywhere_crd: {
      doc: 'Whether the objects for fabrics in several places are made.',
      default: 'false',
      example: '"true"',
    },
    gbp_pod_subnet: { doc: 'Addresses of pods for the policy server.', example: '10.2.0.1/16' },
    pod_subnet_chunk_size: { doc: 'How many addresses a node gets at once.', default: '32', example: '"32"' },
    snat_contract_scope: { doc: 'Scope of the contract for SNAT.', default: 'global' },
    snat_namespace: { doc: 'Namespace of the objects for SNAT.', default: 'aci-containers-system' },
    snat_port_range_start: { doc: 'First port for SNAT.', default: '5000', example: '"5000"' },
    snat_port_range_end: { doc: 'Last port for SNAT.', default: '65000', example: '"65000"' },
    snat_ports_per_node: { doc: 'How many ports for SNAT a node gets.', default: '3000', example: '"3000"' },
    disable_periodic_snat_global_info_sync: {
      doc: 'Whether the SNAT table is not compared regularly.',
      default: 'false',
      example: '"true"',
    },
    sleep_time_snat_global_info_sync: {
      doc: 'Seconds between two comparisons of the SNAT table.',
      default: '0',
      example: '"0"',
    },
    max_nodes_svc_graph: { doc: 'The most nodes in a service graph.', default: '32', example: '"32"' },
    service_graph_endpoint_add_delay: {
      doc: 'Seconds before an end point enters a service graph.',
      default: '0',
      example: '"0"',
    },
    no_wait_for_service_ep_readiness: {
      doc: 'Whether end points enter a service graph before they are ready.',
      default: 'false',
      example: '"true"',
    },
    add_external_subnets_to_rdconfig: {
      doc: 'Whether the addresses of Services are told to the routing domain.',
      default: 'false',
      example: '"true"',
    },
    add_external_contract_to_default_epg: {
      doc: 'Whether the default group takes part in the contract with the outside.',
      default: 'false',
      example: '"true"',
    },
    service_monitor_interval: {
      doc: 'Seconds between two checks of the nodes in a service graph.',
      default: '5',
      example: '"5"',
    },
    pbr_tracking_non_snat: {
      doc: 'Whether nodes are checked for traffic without SNAT, too.',
      default: 'false',
      example: '"true"',
    },
    hpp_optimization: {
      doc: 'Whether host protection profiles are merged.',
      default: 'false',
      example: '"true"',
    },
    disable_hpp_rendering: {
      doc: 'Whether host protection profiles are not made.',
      default: 'false',
      example: '"true"',
    },
    enable_hpp_direct: {
      doc: 'Whether host protection profiles are given to nodes directly.',
      default: 'false',
      example: '"true"',
    },
    unknown_mac_unicast_action: {
      doc: 'What bridge domains do with addresses that they do not know: flood or proxy.',
      example: 'proxy',
    },
    aci_multipod: {
      doc: 'Whether the fabric has several pods of switches.',
      default: 'false',
      example: '"true"',
    },
    aci_multipod_ubuntu: {
      doc: 'Whether it has, and the nodes run Ubuntu.',
      default: 'false',
      example: '"true"',
    },
  }),
  ...fields(texts, {
    apic_hosts: { doc: 'Addresses of the APIC.', example: '[10.30.120.100]' },
    l3out_external_networks: { doc: 'Networks of the outside; must be given.', example: '[default]' },
    kafka_brokers: { doc: 'Addresses of Kafka.', example: '["10.30.120.101:9092"]' },
  }),
  ...fields(list(textMap), {
    service_graph_endpoint_add_services: {
      doc: 'Services for which service_graph_endpoint_add_delay counts.',
      example: '[{ name: web, namespace: default }]',
    },
    node_snat_redirect_exclude: {
      doc: 'Nodes that take no traffic for SNAT.',
      example: '[{ group: router, labels: router }]',
    },
  }),
  ...aciAgents,
});
