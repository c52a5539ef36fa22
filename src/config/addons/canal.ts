import type { AddonDefinition } from './addon-definition.js';
import { calicoTemplates } from './calico-revisions.js';
import { backendModules, backendPort, backendType, backendVni } from './flannel-backend.js';
import { flexVolumeDirectory } from './flex-volume-directory.js';
import { providerBlock } from './provider-block.js';

export const canal = {
  name: 'canal',
  kind: 'network',
  templates: { of: 'canal', made: calicoTemplates('canal') },
  images: [
    { role: 'canalNode' },
    { role: 'canalCni' },
    { role: 'canalFlannel' },
    { role: 'canalControllers', isOptional: true },
    { role: 'canalFlexVol', isOptional: true },
  ],
  isDefault: () => true,
  options: {
    canal_flannel_backend_type: backendType,
    // RKE v1 accepts both and writes neither (rancher/rke#2109).
    canal_flannel_backend_port: { ...backendPort, unusedSince: '1.8' },
    canal_flannel_backend_vni: { ...backendVni, unusedSince: '1.8' },
    canal_flex_volume_plugin_dir: { default: flexVolumeDirectory, unusedSince: '1.25' },
    canal_iface: {},
    canal_priority_class_name: {},
    calico_kube_controllers_priority_class_name: {},
  },
  providerBlock: providerBlock('canal_network_provider', {
    json: 'canalNetworkProvider',
    members: { iface: { option: 'canal_iface' } },
  }),
  ipFamilies: { ipv6: false, dualStack: false },
  kernelModules: ({ canal_flannel_backend_type: type }) => backendModules(type),
} as const satisfies AddonDefinition;
