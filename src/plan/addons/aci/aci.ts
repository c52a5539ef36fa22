import type { AddonInCluster } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';

export const aci: AddonInCluster = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('aci-containers-host', 'aci-containers-system'),
  hostTraces: { cniFiles: ['01-aci-cni.conf'] },
};
