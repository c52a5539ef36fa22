import { isMadeChoice, isMtuSupported } from '../addons/addon-definitions.js';
import { aciNetworkProvider } from './aci.js';
import { describeChoices, describeOptions } from './addon-choices.js';
import { field, object, text, textMap, whole } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const iface = object({
  iface: field(text, { doc: 'Interface of the hosts that pods talk over.', example: 'eth1' }),
});

const isPending = (plugin: string): boolean => !isMadeChoice('network', plugin);

export const network = object({
  plugin: field(text, {
    doc: `Who connects pods: ${describeChoices('network')}.`,
    default: 'canal',
    example: 'flannel',
  }),
  options: field(textMap, {
    doc: `Settings of the plugin: ${describeOptions('network')}.`,
    default: 'vxlan, port 8472 and VNI 1 for flannel and canal',
    example: '{ flannel_backend_type: host-gw }',
  }),
  mtu: field(whole, {
    doc: 'Size of packets between pods; flannel takes none.',
    default: '0 (the plugin finds out)',
    example: '1450',
    pending: !isMtuSupported(),
  }),
  calico_network_provider: field(
    object({
      cloudprovider: field(text, {
        json: 'cloudProvider',
        doc: 'The cloud that calico runs in; the key has no underscore.',
        default: 'none',
        example: 'aws',
      }),
    }),
    { doc: 'Settings of calico.', pending: isPending('calico') },
  ),
  canal_network_provider: field(iface, { doc: 'Settings of canal.', pending: isPending('canal') }),
  flannel_network_provider: field(iface, 'Settings of flannel.'),
  weave_network_provider: field(
    object({
      password: field(text, { doc: 'Password that encrypts what pods send.', example: 'weave-secret' }),
    }),
    { doc: 'Settings of weave.', pending: isPending('weave') },
  ),
  aci_network_provider: field(aciNetworkProvider, {
    doc: 'Settings of Cisco ACI.',
    pending: isPending('aci'),
  }),
  node_selector: nodeSelector('the plugin'),
  update_strategy: field(updateStrategy, {
    doc: 'How the pods of the plugin are replaced.',
    default: 'RollingUpdate, 1 unavailable',
  }),
  tolerations: field(tolerations, {
    doc: 'Taints that the controller of calico tolerates.',
    since: 'RKE v1.2.4',
    example: tolerationsExample,
  }),
});
