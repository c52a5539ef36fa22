import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { AddonDefinition } from './addon-definition.js';

export const kubeDns = {
  name: 'kube-dns',
  kind: 'dns',
  // The one before it is for Kubernetes up to 1.15.
  templates: { of: 'kubeDNS', made: ['kubedns-v1.16'] },
  images: [
    { role: 'kubedns' },
    { role: 'dnsmasq' },
    { role: 'kubednsSidecar' },
    { role: 'kubednsAutoscaler' },
  ],
  isDefault: (version) => !isAtLeast(version, '1.14'),
  options: { kube_dns_priority_class_name: {}, kube_dns_autoscaler_priority_class_name: {} },
  updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '10%' }, completes: 'maxSurge' },
} as const satisfies AddonDefinition;
