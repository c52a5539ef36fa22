import { isCidr } from '../../core/ip.js';
import { aciKey } from '../addons/resolve-aci.js';
import { error, refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** What only the network plugin aci has: options for clouds, subnets, and values that go into its configuration as they are. */
export const aciRules: Rule = (input) =>
  input.spec.network.plugin === 'aci'
    ? [...checkCloudOptions(input), ...checkSubnets(input), ...checkTexts(input), ...checkLists(input)]
    : [];

/** Options for clouds, with the only value that RKE accepts (cluster/validation.go validateAciCloudOptionsDisabled). */
const cloudOptions: Readonly<Record<string, string>> = {
  aci_ep_registry: '',
  aci_opflex_mode: '',
  aci_use_host_netns_volume: 'false',
  aci_use_opflex_server_volume: 'false',
  aci_subnet_domain_name: '',
  aci_kafka_client_crt: '',
  aci_kafka_client_key: '',
  aci_capic: 'false',
  aci_overlay_vrf_name: '',
  aci_gbp_pod_subnet: '',
  aci_run_gbp_container: 'false',
  aci_run_opflex_server_container: 'false',
  aci_opflex_server_port: '',
};

/** The message leaves out the value, which may be a key. */
function checkCloudOptions(input: RuleInput): Finding[] {
  const { options = {} } = input.spec.network;
  return Object.entries(cloudOptions)
    .filter(([option, allowed]) => options[option] !== undefined && options[option] !== allowed)
    .map(([option, allowed]) =>
      error(
        'not-allowed',
        pathOf(input, option),
        `options for clouds are not supported with aci; ${allowed === '' ? 'remove the key' : `use "${allowed}" or remove the key`}`,
      ),
    );
}

/** Address pools are calculated from them. RKE leaves out the network plugin if one is invalid (cluster/network.go doAciDeploy). */
function checkSubnets(input: RuleInput): Finding[] {
  const { options = {} } = input.spec.network;
  const check = (option: string, subnets: readonly string[]): Finding[] =>
    subnets
      .filter((subnet) => !isCidr(subnet))
      .map((subnet) =>
        refusal(
          'bad-cidr',
          pathOf(input, option),
          `expected a CIDR range such as 10.3.0.1/24, got "${subnet}"`,
          `${option} ${subnet}`,
        ),
      );
  const several = ['aci_dynamic_external_subnet', 'aci_static_external_subnet'];
  const graph = options['aci_service_graph_subnet'] ?? '';
  return [
    ...several.flatMap((option) => {
      const value = options[option] ?? '';
      return value === '' ? [] : check(option, value.split(','));
    }),
    ...(graph === '' ? [] : check('aci_service_graph_subnet', [graph])),
  ];
}

const numbers = [
  ...['server_monitor_interval', 'max_nodes_svc_graph', 'pod_subnet_chunk_size', 'kubeapi_vlan'],
  ...['service_vlan', 'infra_vlan', 'apic_subscription_delay', 'opflex_device_delete_timeout'],
  ...['sleep_time_snat_global_info_sync', 'opflex_switch_sync_delay', 'opflex_switch_sync_dynamic'],
  ...['opflex_startup_policy_duration', 'dhcp_delay', 'dhcp_renew_max_retry_count'],
  'service_graph_endpoint_add_delay',
];
const switches = [
  'pbr_tracking_non_snat',
  'enable_endpoint_slice',
  'drop_log_enable',
  'node_pod_if_enable',
  'sriov_enable',
];

/** They are strings in cluster.yml, and part of a JSON text without quotes. RKE does not check them. */
function checkTexts(input: RuleInput): Finding[] {
  const { options = {} } = input.spec.network;
  const given = (names: readonly string[], pattern: RegExp): [option: string, value: string][] =>
    names
      .map((name): [string, string] => [`aci_${name}`, options[`aci_${name}`] ?? ''])
      .filter(([option, value]) => options[option] !== undefined && !pattern.test(value));
  const seconds = options['aci_toleration_seconds'];
  return [
    ...given(numbers, /^(0|[1-9]\d*)$/).map(([option, value]) =>
      warning('bad-number', pathOf(input, option), `expected an integer, got "${value}"; aci cannot read it`),
    ),
    ...given(switches, /^(true|false)$/).map(([option, value]) =>
      warning(
        'unknown-value',
        pathOf(input, option),
        `expected "true" or "false", got "${value}"; aci cannot read it`,
      ),
    ),
    ...(seconds === undefined || /^\d+$/.test(seconds)
      ? []
      : [
          refusal(
            'bad-number',
            pathOf(input, 'aci_toleration_seconds'),
            `expected an integer, got "${seconds}"`,
            `aci_toleration_seconds ${seconds}`,
          ),
        ]),
  ];
}

const lists = [
  { key: 'apic_hosts', member: 'apicHosts', example: '"\\"10.0.0.1\\",\\"10.0.0.2\\""' },
  { key: 'l3out_external_networks', member: 'l3outExternalNetworks', example: '"\\"default\\""' },
];

/** RKE copies these lists into a JSON text as they are, so acc-provision writes quotes and commas into their only item. */
function checkLists({ spec }: RuleInput): Finding[] {
  const block = (
    spec.network as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  )['aciNetworkProvider'];
  return lists.flatMap(({ key, member, example }) => {
    const items = block?.[member];
    if (!Array.isArray(items) || isJson(`[${items.join(' ')}]`)) return [];
    return [
      warning(
        'wrong-type',
        `network.aci_network_provider.${key}`,
        `expected one item with quoted names, as acc-provision writes it: [${example}]; aci cannot read other lists`,
      ),
    ];
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The option if the file sets it, else the key of the block. */
function pathOf({ config }: RuleInput, option: string): string {
  return config.network?.options?.[option] === undefined
    ? `network.aci_network_provider.${aciKey(option)}`
    : `network.options.${option}`;
}
