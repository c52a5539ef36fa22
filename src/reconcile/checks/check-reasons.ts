import type { CheckName } from './check-result.js';

/** Why each check matters: what goes wrong on a host that fails it. */
export const checkReasons: Readonly<Record<CheckName, string>> = {
  docker:
    'components need the directories, users and network of the host, which such a Docker does not give them',
  clock:
    'certificates are not valid yet, or no longer, for a clock that is off; etcd and leases compare times',
  disk: 'on a full disk the kubelet evicts pods, etcd stops, and no image can be pulled',
  memory: 'the kernel kills components when memory runs out',
  'machine-id': 'network plugins and the kubelet identify a node by it',
  hostname: 'nodes are named after their host, so one would replace the other',
  cgroup: 'the kubelet starts only with a cgroup version that it supports',
  'kernel-modules': 'without them pods have no network, or Services no addresses',
  swap: 'the kubelet refuses to start with swap on if fail_swap_on is true',
  leftovers: 'components would join the other cluster, or find its data and keys',
  sysctl: 'packets of pods are not forwarded, or bypass the rules of Services',
  'storage-driver': 'images and containers live in it',
};
