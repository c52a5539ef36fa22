/** Ports of components on the host's own network (RKE cluster/network.go). */
const ports: Readonly<Record<string, readonly number[]>> = {
  etcd: [2379, 2380],
  'kube-apiserver': [6443],
  'nginx-proxy': [6443],
  kubelet: [10250],
};

export function portsOf(component: string): readonly number[] {
  return ports[component] ?? [];
}

/** True if only one of the two can run on a host at a time. */
export function sharePorts(one: string, other: string): boolean {
  return portsOf(one).some((port) => portsOf(other).includes(port));
}
