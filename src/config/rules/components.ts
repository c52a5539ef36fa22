import type { ClusterSpec, ServiceSpec } from '../cluster-spec.js';

/** One component as cluster.yml configures it. */
export interface Component {
  /** Path of its block, e.g. `services.kube-api`. */
  readonly path: string;
  /** Name of its container, and of its program. */
  readonly name:
    'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet' | 'kube-proxy';
  readonly service: ServiceSpec;
}

/** All components whose flags, environment and binds cluster.yml can add to. */
export function componentsOf({ services }: ClusterSpec): readonly Component[] {
  return [
    { path: 'services.etcd', name: 'etcd', service: services.etcd },
    { path: 'services.kube-api', name: 'kube-apiserver', service: services.kubeApi },
    { path: 'services.kube-controller', name: 'kube-controller-manager', service: services.kubeController },
    { path: 'services.scheduler', name: 'kube-scheduler', service: services.scheduler },
    { path: 'services.kubelet', name: 'kubelet', service: services.kubelet },
    { path: 'services.kubeproxy', name: 'kube-proxy', service: services.kubeproxy },
  ];
}
