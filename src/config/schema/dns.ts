import { isMadeChoice } from '../addons/addon-definitions.js';
import { describeChoices, describeOptions } from './addon-choices.js';
import { field, flag, object, real, text, textLists, textMap, texts, whole } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const nodelocal = object({
  ip_address: field(text, {
    doc: 'Address on every node at which the cache answers; where it is set, pods ask there.',
    example: '169.254.20.10',
  }),
  update_strategy: field(updateStrategy, 'How the pods of the cache are replaced.'),
  node_selector: nodeSelector('the cache'),
  node_local_dns_priority_class_name: field(text, {
    doc: 'Priority class of the pods of the cache.',
    example: 'system-node-critical',
  }),
});

const autoscaler = object({
  cores_per_replica: field(real, {
    doc: 'One pod for so many cores of the cluster.',
    default: '128',
    example: '256',
  }),
  nodes_per_replica: field(real, { doc: 'One pod for so many nodes.', default: '4', example: '16' }),
  min: field(whole, { doc: 'The fewest pods.', default: '1', example: '2' }),
  max: field(whole, { doc: 'The most pods; 0 for no limit.', default: '0', example: '10' }),
  prevent_single_point_failure: field(flag, {
    doc: 'Two pods at least where there are two nodes.',
    default: 'true',
    example: 'true',
  }),
});

export const dns = object({
  provider: field(text, {
    doc: `Who resolves names: ${describeChoices('dns')}.`,
    default: 'coredns; kube-dns before Kubernetes 1.14',
    example: 'coredns',
  }),
  options: field(textMap, {
    doc: `${describeOptions('dns')}.`,
    example: '{ coredns_priority_class_name: system-cluster-critical }',
  }),
  upstreamnameservers: field(texts, {
    doc: 'Who is asked for names outside of the cluster: at most 15 addresses, with a port or tls://, or a path.',
    default: '/etc/resolv.conf of the host',
    example: '[1.1.1.1, 8.8.8.8]',
  }),
  reversecidrs: field(texts, {
    doc: 'Ranges whose addresses are resolved to names of the cluster.',
    default: 'in-addr.arpa and ip6.arpa',
    example: '[10.0.0.0/8]',
  }),
  stubdomains: field(textLists, {
    doc: 'Domains with the servers that are asked for their names; kube-dns only.',
    example: '{ example.internal: [10.0.0.53] }',
  }),
  node_selector: nodeSelector('the DNS server'),
  nodelocal: field(nodelocal, {
    doc: 'A cache of DNS answers on every node.',
    pending: !isMadeChoice('nodelocal', 'nodelocal'),
  }),
  update_strategy: field(updateStrategy, {
    doc: 'How the pods of the DNS server are replaced.',
    default: 'RollingUpdate; coredns: 1 unavailable, no surge; kube-dns: 0 unavailable, 10% surge',
  }),
  linear_autoscaler_params: field(autoscaler, {
    doc: 'How many pods the DNS server has; where the block is given, what is left out is zero or false.',
  }),
  tolerations: field(tolerations, {
    doc: 'Taints that the DNS server and its autoscaler tolerate.',
    example: tolerationsExample,
  }),
});
