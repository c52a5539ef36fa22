/** A small data.json of RKE v1, with the additions of a test. */
export function dataJson(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    K8sVersionRKESystemImages: {
      'v1.29.9-rancher1-1': images('v1.29.9-rancher1'),
      'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
    },
    K8sVersionServiceOptions: {
      'v1.29': { etcd: null, kubeapi: { 'minor-of': '1.29' }, kubelet: { v: '2' } },
      'v1.30': { etcd: null, kubeapi: { 'minor-of': '1.30' }, kubelet: { v: '2' } },
    },
    K8sVersionWindowsServiceOptions: { 'v1.30': { kubelet: { 'cert-dir': 'c:\\var' } } },
    K8sVersionDockerInfo: { '1.29': ['20.10.x'], '1.30': ['20.10.x', '27.2.x'] },
    RKEDefaultK8sVersions: { '0.3': 'v1.16.3-rancher1-1', default: 'v1.30.5-rancher1-1' },
    K8sVersionInfo: { 'v1.30': { minRKEVersion: '1.6.0-rc0', minRancherVersion: '2.9.0' } },
    K8sVersionedTemplates: {
      coreDNS: { '>=1.8.0-rancher0': 'coredns-v1.8' },
      templateKeys: { 'coredns-v1.8': 'apiVersion: v1' },
    },
    RancherDefaultK8sVersions: { default: 'v1.30.x' },
    k3s: { releases: [] },
    ...changes,
  };
}

/** The images of one version; `owner` is the first path segment of their names. */
export function images(tag: string, owner = 'rancher'): Record<string, string | null> {
  return {
    etcd: 'rancher/mirrored-coreos-etcd:v3.5.12',
    kubernetes: `${owner}/hyperkube:${tag}`,
    alpine: 'rancher/rke-tools:v0.1.103',
    nginxProxy: 'rancher/rke-tools:v0.1.103',
    windowsPodInfraContainer: 'rancher/mirrored-pause:3.7',
    weaveNode: null,
    aciGbpServerContainer: '',
  };
}
