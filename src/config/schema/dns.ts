import { describeChoices, describeOptions } from './addon-choices.js';
import { field, boolean, object, number, string, stringLists, stringMap, strings, integer } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const nodelocal = object({
  ip_address: field(string, {
    doc: 'Address of the cache on every node; if it is set, pods use it.',
    example: '169.254.20.10',
  }),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of the cache.',
    default: '1 unavailable',
  }),
  node_selector: nodeSelector('the cache'),
  node_local_dns_priority_class_name: field(string, {
    doc: 'Priority class of the pods of the cache.',
    default: 'system-node-critical',
    example: 'system-cluster-critical',
  }),
});

const autoscaler = object({
  cores_per_replica: field(number, {
    doc: 'CPU cores of the cluster per pod.',
    default: '128',
    example: '256',
  }),
  nodes_per_replica: field(number, { doc: 'Nodes per pod.', default: '4', example: '16' }),
  min: field(integer, { doc: 'Minimum number of pods.', default: '1', example: '2' }),
  max: field(integer, { doc: 'Maximum number of pods; 0 for no limit.', default: '0', example: '10' }),
  prevent_single_point_failure: field(boolean, {
    doc: 'Run at least two pods if there are two nodes.',
    default: 'true',
    example: 'true',
  }),
});

export const dns = object({
  provider: field(string, {
    doc: `${describeChoices('dns')}.`,
    default: 'coredns; kube-dns before Kubernetes 1.14',
    example: 'coredns',
  }),
  options: field(stringMap, {
    doc: 'Priority classes.',
    details: `${describeOptions('dns')}.`,
    example: '{ coredns_priority_class_name: system-cluster-critical }',
  }),
  upstreamnameservers: field(strings, {
    doc: 'DNS servers for names outside the cluster, at most 15.',
    details: 'Each is an IP address, optionally with a port or tls://, or the path of a resolv.conf.',
    default: '/etc/resolv.conf of the host',
    example: '[1.1.1.1, 8.8.8.8]',
  }),
  reversecidrs: field(strings, {
    doc: 'CIDRs to resolve to names of the cluster (reverse lookups).',
    details: 'With CoreDNS it switches off reverse lookups, the same as in RKE v1.',
    default: 'in-addr.arpa and ip6.arpa',
    example: '[10.0.0.0/8]',
  }),
  stubdomains: field(stringLists, {
    doc: 'DNS servers by domain; kube-dns only.',
    example: '{ example.internal: [10.0.0.53] }',
  }),
  node_selector: nodeSelector('the DNS server'),
  nodelocal: field(nodelocal, {
    doc: 'NodeLocal DNSCache, a DNS cache on every node.',
  }),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of the DNS server.',
    details: 'coredns: 1 unavailable, no surge. kube-dns: 0 unavailable, 10% surge.',
    default: 'RollingUpdate',
  }),
  linear_autoscaler_params: field(autoscaler, {
    doc: 'Number of pods of the DNS server.',
    details: 'If the block is set, keys that it does not set are 0 or false.',
  }),
  tolerations: field(tolerations, {
    doc: 'Tolerations of the DNS server and its autoscaler.',
    example: tolerationsExample,
  }),
});
