import type { AddonInCluster } from '../addon-in-cluster.js';
import { daemonSetRef } from '../workload-ref.js';

export const nginx: AddonInCluster = {
  deployedAs: 'rke-ingress-controller',
  workload: daemonSetRef('nginx-ingress-controller', 'ingress-nginx'),
  restartedPods: { app: ['ingress-nginx'] },
};
