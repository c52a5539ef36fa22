import { addressAt } from '../../../core/ip.js';
import type { AciRevision } from './aci-revision.js';
import { isOnInPython, type AciSettings } from './aci-settings.js';
import { endpointGroups, indented, list, plain, quoted, when } from './config-lines.js';

/**
 * `controller-config`: what aci-containers-controller reads. The text is the same as RKE's, blank by blank, so that a cluster taken
 * over keeps its pods.
 */
export function controllerConfig(settings: AciSettings, revision: AciRevision): string {
  const { text, isOn, tenant, system } = settings;
  const set = (key: string, option: string): string => plain(key, text(option));
  return [
    '{',
    ...indented(
      [
        quoted('log-level', text('controller_log_level')),
        plain('apic-hosts', settings.words('apicHosts')),
        ...when(revision.hasSubnetLists && isOn('aci_multipod'), set('aci-multipod', 'aci_multipod')),
        ...when(
          revision.hasUnicastAction && text('unknown_mac_unicast_action') !== '',
          quoted('unknown-mac-unicast-action', text('unknown_mac_unicast_action')),
        ),
        ...when(
          revision.hasUnicastAction && isOn('enable_opflex_agent_reconnect'),
          set('enable-opflex-agent-reconnect', 'enable_opflex_agent_reconnect'),
        ),
        ...when(
          revision.hasMemoryLimits && text('opflex_device_reconnect_wait_timeout') !== '',
          set('opflex-device-reconnect-wait-timeout', 'opflex_device_reconnect_wait_timeout'),
        ),
        quoted('apic-refreshtime', text('apic_refresh_time')),
        ...when(
          revision.hasApicTimers,
          set('apic-subscription-delay', 'apic_subscription_delay'),
          quoted('apic_refreshticker_adjust', text('apic_refresh_ticker_adjust')),
        ),
        quoted('apic-username', text('apic_user_name')),
        '"apic-private-key-path": "/usr/local/etc/aci-cert/user.key",',
        ...when(revision.hasTagSettings, '"apic-use-inst-tag": true,'),
        quoted('aci-prefix', system),
        ...vmmDomain(settings),
        quoted('aci-policy-tenant', tenant),
        ...when(revision.hasTagSettings, '"require-netpol-annot": false,'),
        ...policySettings(settings, revision),
        ...when(
          revision.hasIstio,
          set('install-istio', 'install_istio'),
          quoted('istio-profile', text('istio_profile')),
        ),
        quoted('aci-podbd-dn', `uni/tn-${tenant}/BD-aci-containers-${system}-pod-bd`),
        quoted('aci-nodebd-dn', `uni/tn-${tenant}/BD-aci-containers-${system}-node-bd`),
        quoted('aci-service-phys-dom', `${system}-pdom`),
        quoted('aci-service-encap', `vlan-${text('service_vlan')}`),
        set('aci-service-monitor-interval', 'server_monitor_interval'),
        set('aci-pbr-tracking-non-snat', 'pbr_tracking_non_snat'),
        quoted('aci-vrf-tenant', text('vrf_tenant')),
        quoted('aci-l3out', text('l3out')),
        plain('aci-ext-networks', settings.words('l3outExternalNetworks')),
        quoted('aci-vrf', text('vrf_name')),
        ...when(revision.hasSnatExclusion, ...appProfile(settings)),
        ...endpointGroups(settings, [set('max-nodes-svc-graph', 'max_nodes_svc_graph')]),
        ...addressPools(settings, revision),
        set('pod-subnet-chunk-size', 'pod_subnet_chunk_size'),
        ...poolLines('node-service-ip-pool', [text('service_graph_subnet')]),
        '"node-service-subnets": [',
        `    ${JSON.stringify(text('service_graph_subnet'))}`,
        '],',
        `"enable_endpointslice": ${text('enable_endpoint_slice')}`,
      ],
      4,
    ),
    '}',
  ].join('\n');
}

/** Virtual machine domain and its controller, both named like the cluster unless set. */
export function vmmDomain({ text, system }: AciSettings): string[] {
  return [
    '"aci-vmm-type": "Kubernetes",',
    quoted('aci-vmm-domain', text('vmm_domain') || system),
    quoted('aci-vmm-controller', text('vmm_controller') || system),
  ];
}

/** Rendering of policies into the fabric. */
export function hppSettings({ text, isOn }: AciSettings, revision: AciRevision, isFirst: boolean): string[] {
  const choices: readonly (readonly [isKnown: boolean, key: string, option: string])[] = [
    [isFirst, 'hpp-optimization', 'hpp_optimization'],
    [revision.hasNotReadyTaint, 'disable-hpp-rendering', 'disable_hpp_rendering'],
    [revision.hasHppDirect, 'enable-hpp-direct', 'enable_hpp_direct'],
  ];
  return choices.flatMap(([isKnown, key, option]) => when(isKnown && isOn(option), plain(key, text(option))));
}

function policySettings(settings: AciSettings, revision: AciRevision): string[] {
  const { text, isOn } = settings;
  const set = (isKnown: boolean, key: string, option: string): readonly string[] =>
    when(isKnown && isOn(option), plain(key, text(option)));
  const exclusions = settings.items('nodeSnatRedirectExclude');
  return [
    ...hppSettings(settings, revision, revision.hasControllerHpp),
    ...set(
      revision.hasEndpointReadiness,
      'no-wait-for-service-ep-readiness',
      'no_wait_for_service_ep_readiness',
    ),
    ...when(
      revision.hasEndpointDelay && text('service_graph_endpoint_add_delay') !== '0',
      '"service-graph-endpoint-add-delay" : {',
      `    "delay": ${text('service_graph_endpoint_add_delay')},`,
      `    "services": [${settings.items('serviceGraphEndpointAddServices').map(service).join(',')}]`,
      '},',
    ),
    ...set(
      revision.hasExternalSubnets,
      'add-external-subnets-to-rdconfig',
      'add_external_subnets_to_rdconfig',
    ),
    ...set(
      revision.hasApicTimers,
      'disable-periodic-snat-global-info-sync',
      'disable_periodic_snat_global_info_sync',
    ),
    ...when(
      revision.hasSnatExclusion && exclusions.length > 0,
      `"node-snat-redirect-exclude": [${exclusions.map(exclusion).join(', ')}],`,
    ),
    ...when(
      revision.hasNotReadyTaint && text('apic_connection_retry_limit') !== '',
      plain('apic-connection-retry-limit', text('apic_connection_retry_limit')),
    ),
    ...when(
      revision.hasApicTimers,
      plain('opflex-device-delete-timeout', text('opflex_device_delete_timeout')),
    ),
    ...when(
      revision.hasAsyncJson,
      plain('sleep-time-snat-global-info-sync', text('sleep_time_snat_global_info_sync')),
    ),
  ];
}

/** Keys in order, without blanks after the commas. */
function service(item: Readonly<Record<string, string>>): string {
  const members = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')}}`;
}

/** `labels` is a list that cluster.yml has as JSON. */
function exclusion({ group = '', labels = '' }: Readonly<Record<string, string>>): string {
  return `{"group": ${JSON.stringify(group)}, "labels": ${labels === '' ? '[]' : labels}}`;
}

/** With the blank that RKE's template leaves on the last of its lines. */
function appProfile({ text, isOn, system }: AciSettings): string[] {
  const option = 'add_external_contract_to_default_epg';
  const lines = [
    quoted('app-profile', `aci-containers-${system}`),
    ...when(isOn(option), plain('add-external-contract-to-default-epg', text(option))),
  ];
  return lines.map((line, index) => (index === lines.length - 1 ? `${line} ` : line));
}

/** Subnets besides those of the pods from which pools are calculated. */
export function pooledSubnets({ text }: AciSettings): string[] {
  const several = [
    ...text('dynamic_external_subnet').split(','),
    ...text('static_external_subnet').split(','),
  ];
  return [...several, text('service_graph_subnet')];
}

function addressPools(settings: AciSettings, revision: AciRevision): string[] {
  const { text, podSubnets } = settings;
  const dynamic = text('dynamic_external_subnet').split(',');
  const constant = text('static_external_subnet').split(',');
  const scope = quoted('snat-contract-scope', text('snat_contract_scope'));
  if (!revision.hasSubnetLists)
    return [
      ...poolLines('service-ip-pool', dynamic),
      ...when(
        revision.hasExternalSubnets,
        quoted('extern-static', constant.join(',')),
        quoted('extern-dynamic', dynamic.join(',')),
      ),
      scope,
      ...poolLines('static-service-ip-pool', constant),
      ...poolLines('pod-ip-pool', podSubnets),
    ];
  return [
    // The deeper indentation is RKE's.
    `    "service-ip-pool": ${pools(dynamic)},`,
    `"extern-static": ${list(constant)},`,
    `"extern-dynamic": ${list(dynamic)},`,
    scope,
    `"static-service-ip-pool": ${pools(constant)},`,
    ...notReadyTaint(settings, revision),
    `"pod-ip-pool": ${pools(podSubnets)},`,
    ...when(revision.hasNotReadyTaint, `"pod-subnet": ${list(podSubnets)},`),
  ];
}

export function notReadyTaint(settings: AciSettings, { hasNotReadyTaint }: AciRevision): readonly string[] {
  return when(hasNotReadyTaint && isOnInPython(settings, 'taint_not_ready_node'), '"taint-not-ready": true,');
}

/** Addresses of a subnet that may be given to pods or Services: without network, gateway and broadcast. */
const startOf = (subnet: string): string => addressAt(subnet, 2);
const endOf = (subnet: string): string => addressAt(subnet, -2);

function pools(subnets: readonly string[]): string {
  return `[${subnets
    .map((subnet) => `{ "start": "${startOf(subnet)}", "end": "${endOf(subnet)}" }`)
    .join(',')}]`;
}

function poolLines(key: string, subnets: readonly string[]): string[] {
  return [
    `"${key}": [`,
    ...subnets.flatMap((subnet, index) => [
      '    {',
      `        "end": "${endOf(subnet)}",`,
      `        "start": "${startOf(subnet)}"`,
      index === subnets.length - 1 ? '    }' : '    },',
    ]),
    '],',
  ];
}
