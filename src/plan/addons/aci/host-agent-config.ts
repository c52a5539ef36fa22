import { addressAt, networkOf } from '../../../core/ip.js';
import type { AciRevision } from './aci-revision.js';
import { isOnInPython, type AciSettings } from './aci-settings.js';
import { endpointGroups, indented, list, plain, quoted, when } from './config-lines.js';
import { hppSettings, notReadyTaint, vmmDomain } from './controller-config.js';

/** `host-agent-config`: what aci-containers-host reads on every node. */
export function hostAgentConfig(settings: AciSettings, revision: AciRevision): string {
  const { text, isOn, mtu, podSubnets, system } = settings;
  const set = (key: string, option: string): string => plain(key, text(option));
  const orNull = (option: string): string => (text(option) === '' ? 'null' : JSON.stringify(text(option)));
  const headRoom = text('mtu_head_room');
  const nodeSubnets = text('node_subnet').split(',');
  return [
    '{',
    ...indented(
      [
        quoted('app-profile', `aci-containers-${system}`),
        plain('ep-registry', orNull('ep_registry')),
        ...when(revision.hasSubnetLists && isOn('aci_multipod'), set('aci-multipod', 'aci_multipod')),
        ...when(
          revision.hasSubnetLists && text('dhcp_renew_max_retry_count') !== '0',
          set('dhcp-renew-max-retry-count', 'dhcp_renew_max_retry_count'),
        ),
        ...when(revision.hasSubnetLists && text('dhcp_delay') !== '0', set('dhcp-delay', 'dhcp_delay')),
        ...when(
          revision.hasSnatExclusion && isOn('enable_opflex_agent_reconnect'),
          set('enable-opflex-agent-reconnect', 'enable_opflex_agent_reconnect'),
        ),
        plain('opflex-mode', orNull('opflex_mode')),
        quoted('log-level', text('host_agent_log_level')),
        quoted('aci-snat-namespace', text('snat_namespace')),
        ...vmmDomain(settings),
        quoted('aci-prefix', system),
        quoted('aci-vrf', text('vrf_name')),
        quoted('aci-vrf-tenant', text('vrf_tenant')),
        set('service-vlan', 'service_vlan'),
        set('kubeapi-vlan', 'kubeapi_vlan'),
        ...hppSettings(settings, revision, revision.hasSubnetLists),
        ...(revision.hasSubnetLists
          ? [`"pod-subnet":  ${list(podSubnets)},`, `"node-subnet": ${list(nodeSubnets)},`]
          : [quoted('pod-subnet', podSubnets.join(',')), quoted('node-subnet', nodeSubnets.join(','))]),
        quoted('encap-type', text('encap_type')),
        set('aci-infra-vlan', 'infra_vlan'),
        ...when(mtu !== 0, plain('interface-mtu', mtu)),
        ...when(
          revision.hasApicTimers && headRoom !== '' && headRoom !== '0',
          plain('interface-mtu-headroom', headRoom),
        ),
        ...podNetworks(podSubnets, revision),
        ...endpointGroups(settings),
        set('enable-drop-log', 'drop_log_enable'),
        ...when(
          revision.hasNotReadyTaint && isOnInPython(settings, 'drop_log_disable_events'),
          '"packet-event-notification-socket": "",',
        ),
        ...lastSettings(settings, revision),
      ],
      4,
    ),
    '}',
  ].join('\n');
}

/** RKE's template leaves blanks after the place of the taint. */
function lastSettings(settings: AciSettings, revision: AciRevision): string[] {
  const { text } = settings;
  const slices = `"enable_endpointslice": ${text('enable_endpoint_slice')}`;
  if (!revision.hasPolicyResources) return [slices];
  const lines = [
    `${slices},`,
    plain('enable-nodepodif', text('node_pod_if_enable')),
    ...notReadyTaint(settings, revision),
  ];
  const last = lines.length - 1;
  return [
    ...lines.map((line, index) =>
      revision.hasNotReadyTaint && index === last ? `${line}${' '.repeat(8)}` : line,
    ),
    `"enable-ovs-hw-offload": ${text('sriov_enable')}`,
  ];
}

function podNetworks(podSubnets: readonly string[], { hasSubnetLists }: AciRevision): string[] {
  if (hasSubnetLists) {
    const networks = podSubnets.map((subnet) => {
      const gateway = addressAt(subnet, 1);
      const routes = `[{ "dst": "0.0.0.0/0", "gw": "${gateway}" }]`;
      return `{ "gateway": "${gateway}", "subnet": "${networkOf(subnet)}", "routes": ${routes}}`;
    });
    return [`"cni-netconfig": [${networks.join(',')}],`];
  }
  return [
    '"cni-netconfig": [',
    ...podSubnets.flatMap((subnet, index) => [
      '    {',
      `        "gateway": "${addressAt(subnet, 1)}",`,
      '        "routes": [',
      '            {',
      '                "dst": "0.0.0.0/0",',
      `                "gw": "${addressAt(subnet, 1)}"`,
      '            }',
      '        ],',
      `        "subnet": ${JSON.stringify(subnet)}`,
      index === podSubnets.length - 1 ? '    }' : '    },',
    ]),
    '],',
  ];
}
