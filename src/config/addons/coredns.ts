import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { AddonDefinition } from './addon-definition.js';

export const coredns = {
  name: 'coredns',
  kind: 'dns',
  template: 'coreDNS',
  images: [{ role: 'coredns' }, { role: 'corednsAutoscaler' }],
  isDefault: (version) => isAtLeast(version, '1.14'),
  options: { coredns_priority_class_name: {}, coredns_autoscaler_priority_class_name: {} },
  updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 }, completes: 'maxUnavailable' },
} as const satisfies AddonDefinition;
