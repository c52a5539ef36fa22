import type { AddonInCluster } from '../addon-in-cluster.js';
import { deploymentRef } from '../workload-ref.js';

export const kubeDns: AddonInCluster = {
  deployedAs: 'rke-kube-dns-addon',
  workload: deploymentRef('kube-dns'),
  restartedPods: { 'k8s-app': ['kube-dns', 'kube-dns-autoscaler'] },
};
