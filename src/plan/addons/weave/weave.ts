import type { AddonInCluster } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';

export const weave: AddonInCluster = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('weave-net'),
  restartedPods: { name: ['weave-net'] },
};
