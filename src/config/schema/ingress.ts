import { describeChoices } from './addon-choices.js';
import { anything, field, boolean, list, object, string, stringMap, integer } from './field.js';
import { nodeSelector, tolerations, tolerationsExample, updateStrategy } from './workload.js';

export const ingress = object({
  provider: field(string, {
    doc: `${describeChoices('ingress')}. RKE v1 does not have traefik.`,
    default: 'nginx',
    example: 'none',
  }),
  options: field(stringMap, {
    doc: 'Settings of nginx for the ConfigMap of the controller. traefik has `extra_args` only.',
    example: '{ use-forwarded-headers: "true" }',
  }),
  node_selector: nodeSelector('the controller'),
  extra_args: field(stringMap, {
    doc: 'Command-line flags of the controller, without dashes.',
    example: '{ enable-ssl-passthrough: "" }',
  }),
  dns_policy: field(string, {
    doc: 'ClusterFirst, ClusterFirstWithHostNet, Default or None.',
    default: 'ClusterFirst',
    example: 'ClusterFirst',
  }),
  extra_envs: field(list(anything), {
    doc: 'More environment variables of the controller, as in a container spec.',
    example: '[{ name: TZ, value: UTC }]',
  }),
  extra_volumes: field(list(anything), {
    doc: 'More volumes of the controller, as in a pod spec.',
    example: '[{ name: data, hostPath: { path: /data } }]',
  }),
  extra_volume_mounts: field(list(anything), {
    doc: 'Mounts of the extra volumes, as in a container spec.',
    example: '[{ name: data, mountPath: /data }]',
  }),
  update_strategy: field(updateStrategy, {
    doc: 'Update strategy of the controller.',
    default: 'RollingUpdate, 1 unavailable',
  }),
  http_port: field(integer, {
    doc: 'HTTP port on the nodes with network_mode hostPort; traefik: also with hostNetwork.',
    default: '80',
    example: '8080',
  }),
  https_port: field(integer, {
    doc: 'HTTPS port on the nodes with network_mode hostPort; traefik: also with hostNetwork.',
    default: '443',
    example: '8443',
  }),
  network_mode: field(string, {
    doc: 'hostNetwork, hostPort or none.',
    default: 'hostPort; hostNetwork before Kubernetes 1.21',
    example: 'hostPort',
  }),
  tolerations: field(tolerations, {
    doc: 'Tolerations of the default backend, or of traefik. By default, controllers tolerate every taint.',
    example: tolerationsExample,
  }),
  default_backend: field(boolean, {
    doc: 'Run the default backend (404 for unknown hosts) of ingress-nginx.',
    default: 'false; true before Kubernetes 1.21',
    example: 'true',
  }),
  default_http_backend_priority_class_name: field(string, {
    doc: 'Priority class of the default backend.',
    example: 'system-cluster-critical',
  }),
  nginx_ingress_controller_priority_class_name: field(string, {
    doc: 'Priority class of the controller.',
    example: 'system-cluster-critical',
  }),
  default_ingress_class: field(boolean, {
    doc: 'Make the class of the provider the default IngressClass.',
    default: 'true',
    since: 'RKE v1.3.3',
    example: 'false',
  }),
});
