import { isMadeChoice } from '../addons/addon-definitions.js';
import { describeChoices } from './addon-choices.js';
import { anything, field, boolean, list, object, string, stringMap, integer } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

const pending = !isMadeChoice('ingress', 'nginx');

export const ingress = object({
  provider: field(string, {
    doc: `${describeChoices('ingress')}. RKE v1 does not have traefik.`,
    default: 'nginx',
    example: 'none',
  }),
  options: field(stringMap, {
    doc: 'Settings of nginx for the ConfigMap of the controller. traefik has `extra_args` only.',
    example: '{ use-forwarded-headers: "true" }',
    pending,
  }),
  node_selector: nodeSelector('the controller', { pending }),
  extra_args: field(stringMap, {
    doc: 'Command-line flags of the controller, without dashes.',
    example: '{ enable-ssl-passthrough: "" }',
    pending,
  }),
  dns_policy: field(string, {
    doc: 'ClusterFirst, ClusterFirstWithHostNet, Default or None.',
    default: 'ClusterFirst',
    example: 'ClusterFirst',
    pending,
  }),
  extra_envs: field(list(anything), {
    doc: 'More environment variables of the controller, as in a container spec.',
    example: '[{ name: TZ, value: UTC }]',
    pending,
  }),
  extra_volumes: field(list(anything), {
    doc: 'More volumes of the controller, as in a pod spec.',
    example: '[{ name: data, hostPath: { path: /data } }]',
    pending,
  }),
  extra_volume_mounts: field(list(anything), {
    doc: 'Mounts of the extra volumes, as in a container spec.',
    example: '[{ name: data, mountPath: /data }]',
    pending,
  }),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of the controller.',
    default: 'RollingUpdate, 1 unavailable',
    pending,
  }),
  http_port: field(integer, {
    doc: 'HTTP port on the nodes with network_mode hostPort; traefik: also with hostNetwork.',
    default: '80',
    example: '8080',
    pending,
  }),
  https_port: field(integer, {
    doc: 'HTTPS port on the nodes with network_mode hostPort; traefik: also with hostNetwork.',
    default: '443',
    example: '8443',
    pending,
  }),
  network_mode: field(string, {
    doc: 'hostNetwork, hostPort or none.',
    default: 'hostPort; hostNetwork before Kubernetes 1.21',
    example: 'hostPort',
    pending,
  }),
  tolerations: field(tolerations, {
    doc: 'Tolerations of the default backend, or of traefik. By default, controllers tolerate every taint.',
    example: tolerationsExample,
    pending,
  }),
  default_backend: field(boolean, {
    doc: 'Run the default backend (404 for unknown hosts) of ingress-nginx.',
    default: 'false; true before Kubernetes 1.21',
    example: 'true',
    pending,
  }),
  default_http_backend_priority_class_name: field(string, {
    doc: 'Priority class of the default backend.',
    example: 'system-cluster-critical',
    pending,
  }),
  nginx_ingress_controller_priority_class_name: field(string, {
    doc: 'Priority class of the controller.',
    example: 'system-cluster-critical',
    pending,
  }),
  default_ingress_class: field(boolean, {
    doc: 'Make the class of the provider the default IngressClass.',
    default: 'true',
    since: 'RKE v1.3.3',
    example: 'false',
    pending,
  }),
});
