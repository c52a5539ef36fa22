import type { HostTraces } from '../addon-in-cluster.js';

/** Left by flanneld and the CNI plugin, alone or in canal. */
export const flannelTraces: HostTraces = {
  directories: ['/run/flannel'],
  links: ['flannel.1', 'flannel-v6.1'],
  chains: ['FLANNEL'],
  comments: ['flanneld'],
};
