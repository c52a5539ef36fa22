import type { AddonInCluster } from '../addon-in-cluster.js';
import { daemonSetRef } from '../workload-ref.js';

export const nodelocal: AddonInCluster = {
  deployedAs: 'rke-nodelocal-addon',
  workload: daemonSetRef('node-local-dns'),
};
