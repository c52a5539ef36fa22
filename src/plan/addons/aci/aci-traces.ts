import type { HostTraces } from '../addon-in-cluster.js';

/**
 * Left by the agents. What Open vSwitch leaves stays: `/etc/openvswitch` and bridges such as `br-int` may be those of another Open
 * vSwitch of the host, and the kernel does not let `ip link` delete its bridges.
 */
export const aciTraces: HostTraces = {
  cniFiles: ['01-aci-cni.conf'],
  directories: ['/var/lib/aci-containers', '/var/lib/opflex-agent-ovs'],
};
