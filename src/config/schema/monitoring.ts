import { field, object, string, stringMap, integer } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

export const monitoring = object({
  provider: field(string, {
    doc: 'metrics-server or none.',
    default: 'metrics-server',
    example: 'none',
  }),
  options: field(stringMap, {
    doc: 'Command-line flags of metrics-server, without dashes.',
    example: '{ kubelet-preferred-address-types: InternalIP }',
  }),
  node_selector: nodeSelector('metrics-server'),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of metrics-server.',
    default: 'RollingUpdate, 25% unavailable, 25% surge',
  }),
  replicas: field(integer, { doc: 'Number of metrics-server pods.', default: '1', example: '2' }),
  tolerations: field(tolerations, {
    doc: 'Tolerations of metrics-server.',
    example: tolerationsExample,
  }),
  metrics_server_priority_class_name: field(string, {
    doc: 'Priority class of the pods of metrics-server.',
    example: 'system-cluster-critical',
  }),
});
