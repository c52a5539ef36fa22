import type { HostTraces } from '../addon-in-cluster.js';

/** Left by calico-node, alone or in canal. */
export const calicoTraces: HostTraces = {
  directories: ['/run/calico', '/var/lib/calico'],
  mounts: ['/run/calico'],
  links: ['vxlan.calico', 'tunl0@NONE'],
  chains: ['cali'],
};
