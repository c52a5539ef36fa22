import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { AddonDefinition } from './addon-definition.js';

/** The one before them is for Kubernetes up to 1.15. */
const corednsTemplates = [
  'coredns-v1.16',
  'coredns-v1.17',
  'coredns-v1.8.3',
  'coredns-v1.8.3-rancher2',
  'coredns-v1.8.3-rancher3',
] as const;

export type CorednsTemplate = (typeof corednsTemplates)[number];

export const coredns = {
  name: 'coredns',
  kind: 'dns',
  templates: { of: 'coreDNS', made: corednsTemplates },
  images: [{ role: 'coredns' }, { role: 'corednsAutoscaler' }],
  isDefault: (version) => isAtLeast(version, '1.14'),
  options: { coredns_priority_class_name: {}, coredns_autoscaler_priority_class_name: {} },
  updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 }, completes: 'maxUnavailable' },
} as const satisfies AddonDefinition;
