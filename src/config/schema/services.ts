import { etcd } from './etcd.js';
import { field, boolean, object, string } from './field.js';
import { kubeApi } from './kube-api.js';
import { serviceBase } from './service-base.js';

const kubeController = object({
  ...serviceBase,
  cluster_cidr: field(string, {
    doc: 'CIDR of pod addresses; for dual stack two, separated by a comma without a space.',
    default: '10.42.0.0/16',
    example: '10.42.0.0/16',
  }),
  service_cluster_ip_range: field(string, {
    doc: 'CIDR of Service addresses; must be the same as for kube-api.',
    default: '10.43.0.0/16',
    example: '10.43.0.0/16',
  }),
});

const kubelet = object({
  ...serviceBase,
  cluster_domain: field(string, {
    doc: 'DNS domain of the cluster.',
    default: 'cluster.local',
    example: 'cluster.local',
  }),
  infra_container_image: field(string, {
    doc: 'Image of the pause container.',
    default: 'system_images.pod_infra_container',
    example: 'rancher/mirrored-pause:3.7',
  }),
  cluster_dns_server: field(string, {
    doc: 'Address of the DNS Service, within service_cluster_ip_range.',
    default: '10.43.0.10',
    example: '10.43.0.10',
  }),
  fail_swap_on: field(boolean, {
    doc: 'Do not start kubelet on a host with swap.',
    default: 'false',
    example: 'true',
  }),
  generate_serving_certificate: field(boolean, {
    doc: 'Issue a serving certificate signed by the cluster CA to each kubelet.',
    default: 'false',
    since: 'RKE v1.0.0',
    example: 'true',
  }),
});

export const services = object({
  etcd: field(etcd, 'The database of the cluster, on etcd hosts.'),
  'kube-api': field(kubeApi, {
    json: 'kubeApi',
    doc: 'kube-apiserver, on control-plane hosts.',
  }),
  'kube-controller': field(kubeController, {
    json: 'kubeController',
    doc: 'kube-controller-manager, on control-plane hosts.',
  }),
  scheduler: field(object(serviceBase), 'kube-scheduler, on control-plane hosts.'),
  kubelet: field(kubelet, 'kubelet, on all hosts.'),
  kubeproxy: field(object(serviceBase), 'kube-proxy, on all hosts.'),
});
