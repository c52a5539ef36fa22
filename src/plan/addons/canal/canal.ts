import type { AddonInCluster } from '../addon-in-cluster.js';
import { calicoTraces } from '../calico/calico-traces.js';
import { flannelTraces } from '../flannel/flannel-traces.js';
import { mergeTraces } from '../host-traces.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';

export const canal: AddonInCluster = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('canal'),
  restartedPods: { 'k8s-app': ['canal', 'calico-kube-controllers'] },
  hostTraces: mergeTraces([flannelTraces, calicoTraces]),
};
