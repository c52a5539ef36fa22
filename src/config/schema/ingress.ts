import { isMadeChoice } from '../addons/addon-definitions.js';
import { describeChoices } from './addon-choices.js';
import { anything, field, flag, list, object, text, textMap, whole } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const pending = !isMadeChoice('ingress', 'nginx');

export const ingress = object({
  provider: field(text, {
    doc: `Who takes requests from outside: ${describeChoices('ingress')}.`,
    default: 'nginx',
    example: 'none',
  }),
  options: field(textMap, {
    doc: 'Settings of nginx, as they stand in the ConfigMap of its controller.',
    example: '{ use-forwarded-headers: "true" }',
    pending,
  }),
  node_selector: nodeSelector('the controller', { pending }),
  extra_args: field(textMap, {
    doc: 'Flags of the controller without their dashes.',
    example: '{ enable-ssl-passthrough: "" }',
    pending,
  }),
  dns_policy: field(text, {
    doc: 'How the controller resolves names: ClusterFirst, ClusterFirstWithHostNet, Default or None.',
    default: 'that of Kubernetes, ClusterFirst',
    example: 'ClusterFirst',
    pending,
  }),
  extra_envs: field(list(anything), {
    doc: 'More variables of the controller, as Kubernetes writes them in a container.',
    example: '[{ name: TZ, value: UTC }]',
    pending,
  }),
  extra_volumes: field(list(anything), {
    doc: 'More volumes of the pods of the controller, as Kubernetes writes them.',
    example: '[{ name: data, hostPath: { path: /data } }]',
    pending,
  }),
  extra_volume_mounts: field(list(anything), {
    doc: 'Where the controller sees the volumes, as Kubernetes writes it in a container.',
    example: '[{ name: data, mountPath: /data }]',
    pending,
  }),
  update_strategy: field(updateStrategy, {
    doc: 'How the pods of the controller are replaced.',
    default: 'RollingUpdate, 1 unavailable',
    pending,
  }),
  http_port: field(whole, {
    doc: 'Port of the nodes for HTTP, with network_mode hostPort.',
    default: '80',
    example: '8080',
    pending,
  }),
  https_port: field(whole, {
    doc: 'Port of the nodes for HTTPS, with network_mode hostPort.',
    default: '443',
    example: '8443',
    pending,
  }),
  network_mode: field(text, {
    doc: 'How the controller is reached: hostNetwork, hostPort or none.',
    default: 'hostPort; hostNetwork before Kubernetes 1.21',
    example: 'hostPort',
    pending,
  }),
  tolerations: field(tolerations, {
    doc: 'Taints that the default backend tolerates; the controller has its own.',
    example: tolerationsExample,
    pending,
  }),
  default_backend: field(flag, {
    doc: 'Run a server that answers requests for no known host with 404.',
    default: 'false; true before Kubernetes 1.21',
    example: 'true',
    pending,
  }),
  default_http_backend_priority_class_name: field(text, {
    doc: 'Priority class of the default backend.',
    example: 'system-cluster-critical',
    pending,
  }),
  nginx_ingress_controller_priority_class_name: field(text, {
    doc: 'Priority class of the controller.',
    example: 'system-cluster-critical',
    pending,
  }),
  default_ingress_class: field(flag, {
    doc: 'Ingresses without a class belong to this controller.',
    default: 'true',
    since: 'RKE v1.3.3',
    example: 'false',
    pending,
  }),
});
