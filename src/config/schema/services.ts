import { etcd } from './etcd.js';
import { field, flag, object, text } from './field.js';
import { kubeApi } from './kube-api.js';
import { serviceBase } from './service-base.js';

const kubeController = object({
  ...serviceBase,
  cluster_cidr: field(text, {
    doc: 'Addresses of pods; two ranges with a comma and no space for dual stack.',
    default: '10.42.0.0/16',
    example: '10.42.0.0/16',
  }),
  service_cluster_ip_range: field(text, {
    doc: 'Addresses of Services; must be the same as that of kube-api.',
    default: '10.43.0.0/16',
    example: '10.43.0.0/16',
  }),
});

const kubelet = object({
  ...serviceBase,
  cluster_domain: field(text, {
    doc: 'DNS domain of the cluster.',
    default: 'cluster.local',
    example: 'cluster.local',
  }),
  infra_container_image: field(text, {
    doc: 'Image of the container that holds the network of a pod.',
    default: 'system_images.pod_infra_container',
    example: 'rancher/mirrored-pause:3.7',
  }),
  cluster_dns_server: field(text, {
    doc: 'Address of the DNS Service; lies within service_cluster_ip_range.',
    default: '10.43.0.10',
    example: '10.43.0.10',
  }),
  fail_swap_on: field(flag, {
    doc: 'Do not start where the host has swap.',
    default: 'false',
    example: 'true',
  }),
  generate_serving_certificate: field(flag, {
    doc: 'Give each kubelet a certificate that the authority of the cluster has signed.',
    default: 'false',
    since: 'RKE v1.0.0',
    example: 'true',
  }),
});

export const services = object({
  etcd: field(etcd, 'The database of the cluster, on hosts with the role etcd.'),
  'kube-api': field(kubeApi, {
    json: 'kubeApi',
    doc: 'kube-apiserver, on hosts with the role controlplane.',
  }),
  'kube-controller': field(kubeController, {
    json: 'kubeController',
    doc: 'kube-controller-manager, on hosts with the role controlplane.',
  }),
  scheduler: field(object(serviceBase), 'kube-scheduler, on hosts with the role controlplane.'),
  kubelet: field(kubelet, 'The agent that runs pods, on all hosts.'),
  kubeproxy: field(object(serviceBase), 'kube-proxy, on all hosts.'),
});
