import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import type {
  ClusterSpec,
  DnsSpec,
  IngressSpec,
  MonitoringSpec,
  NetworkSpec,
} from '../../../src/config/cluster-spec.js';

/** The one of the program itself. */
export const catalog = await loadCatalog();

/** What the add-ons read of a resolved cluster, with RKE's defaults. */
export function sampleSpec({
  network = {},
  dns = {},
  monitoring = {},
  ingress = {},
}: {
  network?: Partial<NetworkSpec>;
  dns?: Partial<DnsSpec>;
  monitoring?: Partial<MonitoringSpec>;
  ingress?: Partial<IngressSpec>;
} = {}): ClusterSpec {
  const service = { image: 'rancher/hyperkube:v1.30.4-rancher1' };
  const range = '10.43.0.0/16';
  return {
    clusterName: 'local',
    kubernetesVersion: 'v1.30.4-rancher1-1',
    nodes: [],
    services: {
      etcd: service,
      kubeApi: { ...service, serviceClusterIpRange: range, serviceNodePortRange: '30000-32767' },
      kubeController: { ...service, clusterCidr: '10.42.0.0/16', serviceClusterIpRange: range },
      scheduler: service,
      kubelet: {
        ...service,
        clusterDomain: 'cluster.local',
        clusterDnsServer: '10.43.0.10',
        infraContainerImage: 'rancher/mirrored-pause:3.7',
      },
      kubeproxy: service,
    },
    network: { plugin: 'flannel', ...network },
    authentication: { strategy: 'x509' },
    authorization: { mode: 'rbac' },
    systemImages: {
      flannel: 'rancher/mirrored-flannel-flannel:v0.25.1',
      flannelCni: 'rancher/flannel-cni:v1.4.1-rancher1',
      weaveNode: 'weaveworks/weave-kube:2.8.1',
      weaveCni: 'weaveworks/weave-npc:2.8.1',
      alpine: 'rancher/rke-tools:v0.1.103',
      coredns: 'rancher/mirrored-coredns-coredns:1.11.1',
      corednsAutoscaler: 'rancher/mirrored-cluster-proportional-autoscaler:v1.8.9',
      kubedns: 'rancher/mirrored-k8s-dns-kube-dns:1.23.0',
      dnsmasq: 'rancher/mirrored-k8s-dns-dnsmasq-nanny:1.23.0',
      kubednsSidecar: 'rancher/mirrored-k8s-dns-sidecar:1.23.0',
      kubednsAutoscaler: 'rancher/mirrored-cluster-proportional-autoscaler:v1.8.9',
      nodelocal: 'rancher/mirrored-k8s-dns-node-cache:1.23.0',
      metricsServer: 'rancher/mirrored-metrics-server:v0.7.1',
      ingress: 'rancher/nginx-ingress-controller:nginx-1.11.2-rancher1',
      ingressBackend: 'rancher/mirrored-nginx-ingress-controller-defaultbackend:1.5-rancher1',
      ingressWebhook: 'rancher/mirrored-ingress-nginx-kube-webhook-certgen:v1.4.1',
    },
    ingress: { provider: 'none', networkMode: 'hostPort', ...ingress },
    monitoring: { provider: 'metrics-server', ...monitoring },
    dns: { provider: 'coredns', ...dns },
    sshKeyPath: '~/.ssh/id_rsa',
    sshAgentAuth: false,
    ignoreDockerVersion: false,
    enableCriDockerd: true,
    prefixPath: '/',
    addonJobTimeout: 45,
    rotateEncryptionKey: false,
  };
}
