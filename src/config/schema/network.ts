import { aciNetworkProvider } from './aci.js';
import { describeChoices, describeOptions } from './addon-choices.js';
import { field, object, string, stringMap, integer } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const iface = object({
  iface: field(string, { doc: 'Network interface of the hosts for pod traffic.', example: 'eth1' }),
});

export const network = object({
  plugin: field(string, {
    doc: `${describeChoices('network')}.`,
    default: 'canal',
    example: 'flannel',
  }),
  options: field(stringMap, {
    doc: 'Options of the plugin.',
    details: `${describeOptions('network')}.`,
    default: 'VXLAN, port 8472, VNI 1 (flannel, canal)',
    example: '{ flannel_backend_type: host-gw }',
  }),
  mtu: field(integer, {
    doc: 'MTU of the pod network; flannel does not support it.',
    default: '0 (1450 with canal, 1440 with calico)',
    example: '1450',
  }),
  calico_network_provider: field(
    object({
      cloudprovider: field(string, {
        json: 'cloudProvider',
        doc: 'Cloud of the hosts, for calico; the key has no underscore.',
        default: 'none',
        example: 'aws',
      }),
    }),
    { doc: 'Settings of calico.' },
  ),
  canal_network_provider: field(iface, { doc: 'Settings of canal.' }),
  flannel_network_provider: field(iface, 'Settings of flannel.'),
  weave_network_provider: field(
    object({
      password: field(string, { doc: 'Password to encrypt pod traffic.', example: 'weave-secret' }),
    }),
    {
      doc: 'Settings of weave, which needs TCP 6783 and UDP 6783-6784 between the hosts.',
    },
  ),
  aci_network_provider: field(aciNetworkProvider, {
    doc: 'Settings of Cisco ACI.',
  }),
  node_selector: nodeSelector('the plugin'),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of the plugin.',
    default: 'RollingUpdate, 1 unavailable',
  }),
  tolerations: field(tolerations, {
    doc: 'Tolerations of calico-kube-controllers; network pods tolerate all taints.',
    since: 'RKE v1.2.4',
    example: tolerationsExample,
  }),
});
