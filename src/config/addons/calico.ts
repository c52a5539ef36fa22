import type { AddonDefinition } from './addon-definition.js';
import { calicoTemplates } from './calico-revisions.js';
import { flexVolumeDirectory } from './flex-volume-directory.js';
import { providerBlock } from './provider-block.js';

export const calico = {
  name: 'calico',
  kind: 'network',
  templates: { of: 'calico', made: calicoTemplates('calico') },
  images: [
    { role: 'calicoCni' },
    // No template since Kubernetes 1.15 uses it.
    { role: 'calicoCtl', isOptional: true },
    { role: 'calicoNode' },
    { role: 'calicoControllers' },
    { role: 'calicoFlexVol', isOptional: true },
  ],
  options: {
    calico_cloud_provider: { default: 'none', unusedSince: '1.15' },
    calico_flex_volume_plugin_dir: { default: flexVolumeDirectory, unusedSince: '1.25' },
    calico_node_priority_class_name: {},
    calico_kube_controllers_priority_class_name: {},
  },
  providerBlock: providerBlock('calico_network_provider', {
    json: 'calicoNetworkProvider',
    members: { cloudProvider: { option: 'calico_cloud_provider', default: 'none' } },
  }),
  ipFamilies: { ipv6: true, dualStack: true },
} as const satisfies AddonDefinition;
