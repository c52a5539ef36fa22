import type { HostTraces } from '../addon-in-cluster.js';

/**
 * Left by calico-node, alone or in canal. Its rules at the end of FORWARD accept what its chains have marked: without the chains,
 * they would accept every packet.
 */
export const calicoTraces: HostTraces = {
  directories: ['/run/calico', '/run/nodeagent', '/var/lib/calico', '/var/log/calico'],
  mounts: ['/run/calico'],
  podLinks: ['cali'],
  links: ['vxlan.calico', 'tunl0@NONE'],
  chains: ['cali'],
  comments: ['cali:'],
  ipsets: ['cali4', 'cali6'],
  // Those of BIRD, and of Felix for VXLAN: to the blocks of other nodes, and black holes for those of this one.
  routes: ['12', '80'],
};
