import { field, object, text, textMap, whole } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

export const monitoring = object({
  provider: field(text, {
    doc: 'Who measures pods and nodes: metrics-server or none.',
    default: 'metrics-server',
    example: 'none',
  }),
  options: field(textMap, {
    doc: 'Flags of metrics-server without their dashes.',
    example: '{ kubelet-preferred-address-types: InternalIP }',
  }),
  node_selector: nodeSelector('metrics-server'),
  update_strategy: field(updateStrategy, {
    doc: 'How the pods of metrics-server are replaced.',
    default: 'RollingUpdate, 25% unavailable, 25% surge',
  }),
  replicas: field(whole, { doc: 'How many pods metrics-server has.', default: '1', example: '2' }),
  tolerations: field(tolerations, {
    doc: 'Taints that metrics-server tolerates.',
    example: tolerationsExample,
  }),
  metrics_server_priority_class_name: field(text, {
    doc: 'Priority class of the pods of metrics-server.',
    example: 'system-cluster-critical',
  }),
});
