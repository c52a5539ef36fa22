/** TCP ports of components on the host's own network, which RKE fixes (cluster/network.go). */
export const ports = {
  etcdClient: 2379,
  etcdPeer: 2380,
  kubeApi: 6443,
  kubelet: 10250,
} as const;

const byComponent: Readonly<Record<string, readonly number[]>> = {
  etcd: [ports.etcdClient, ports.etcdPeer],
  'kube-apiserver': [ports.kubeApi],
  'nginx-proxy': [ports.kubeApi],
  kubelet: [ports.kubelet],
};

/** The ports that a component listens on; none for one that others do not connect to. */
export function portsOf(component: string): readonly number[] {
  return byComponent[component] ?? [];
}

/** True if only one of the two can run on a host at a time. */
export function sharePorts(one: string, other: string): boolean {
  return portsOf(one).some((port) => portsOf(other).includes(port));
}
