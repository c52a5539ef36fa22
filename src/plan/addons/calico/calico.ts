import type { AddonInCluster } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';
import { calicoTraces } from './calico-traces.js';

export const calico: AddonInCluster = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('calico-node'),
  restartedPods: { 'k8s-app': ['calico-node', 'calico-kube-controllers'] },
  hostTraces: calicoTraces,
};
