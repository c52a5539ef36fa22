import { aciNetworkProvider } from './aci.js';
import {
  anything,
  field,
  flag,
  list,
  object,
  real,
  text,
  textLists,
  textMap,
  texts,
  whole,
} from './field.js';

const updateStrategy = object({
  strategy: field(text),
  rollingUpdate: field(object({ maxUnavailable: field(anything), maxSurge: field(anything) }).partial(), {
    json: 'rollingUpdate',
    anyCase: true,
  }),
  // Go takes these keys but none of their values.
  rollingupdate: field(object({ maxunavailable: field(object({})), maxsurge: field(object({})) }).partial(), {
    json: 'rollingUpdate',
  }),
}).partial();

const tolerations = list(
  object({
    key: field(text),
    operator: field(text),
    value: field(text),
    effect: field(text),
    tolerationseconds: field(whole, { json: 'tolerationSeconds' }),
  }).partial(),
);

export const network = object({
  plugin: field(text, { doc: 'flannel or none for now (RKE: canal unless given).' }),
  options: field(textMap, {
    doc: 'flannel_iface, flannel_backend_type, flannel_backend_port, flannel_backend_vni, kube_flannel_priority_class_name.',
  }),
  mtu: field(whole, { pending: true }),
  calico_network_provider: field(
    object({ cloudprovider: field(text, { json: 'cloudProvider' }) }).partial(),
    { pending: true },
  ),
  canal_network_provider: field(object({ iface: field(text) }).partial(), { pending: true }),
  flannel_network_provider: field(
    object({ iface: field(text, { doc: 'Interface between the nodes.' }) }).partial(),
  ),
  weave_network_provider: field(object({ password: field(text) }).partial(), { pending: true }),
  aci_network_provider: field(aciNetworkProvider.partial(), { pending: true }),
  node_selector: field(textMap),
  update_strategy: field(updateStrategy),
  tolerations: field(tolerations),
}).partial();

export const dns = object({
  provider: field(text, { doc: 'coredns or none for now.' }),
  options: field(textMap),
  upstreamnameservers: field(texts, { doc: 'Who is asked for names outside of the cluster.' }),
  reversecidrs: field(texts),
  stubdomains: field(textLists),
  node_selector: field(textMap),
  nodelocal: field(
    object({
      ip_address: field(text),
      update_strategy: field(updateStrategy),
      node_selector: field(textMap),
      node_local_dns_priority_class_name: field(text),
    }).partial(),
    { pending: true },
  ),
  update_strategy: field(updateStrategy),
  linear_autoscaler_params: field(
    object({
      cores_per_replica: field(real),
      nodes_per_replica: field(real),
      min: field(whole),
      max: field(whole),
      prevent_single_point_failure: field(flag),
    }).partial(),
    { doc: 'How many CoreDNS pods for how many nodes and cores.' },
  ),
  tolerations: field(tolerations),
}).partial();

export const monitoring = object({
  provider: field(text, { doc: 'metrics-server or none.' }),
  options: field(textMap, { doc: 'Flags of metrics-server.' }),
  node_selector: field(textMap),
  update_strategy: field(updateStrategy),
  replicas: field(whole),
  tolerations: field(tolerations),
  metrics_server_priority_class_name: field(text),
}).partial();

export const ingress = object({
  provider: field(text, { doc: 'none for now (RKE: nginx unless given).' }),
  options: field(textMap, { pending: true }),
  node_selector: field(textMap, { pending: true }),
  extra_args: field(textMap, { pending: true }),
  dns_policy: field(text, { pending: true }),
  extra_envs: field(list(anything), { pending: true }),
  extra_volumes: field(list(anything), { pending: true }),
  extra_volume_mounts: field(list(anything), { pending: true }),
  update_strategy: field(updateStrategy, { pending: true }),
  http_port: field(whole, { pending: true }),
  https_port: field(whole, { pending: true }),
  network_mode: field(text, { pending: true }),
  tolerations: field(tolerations, { pending: true }),
  default_backend: field(flag, { pending: true }),
  default_http_backend_priority_class_name: field(text, { pending: true }),
  nginx_ingress_controller_priority_class_name: field(text, { pending: true }),
  default_ingress_class: field(flag, { pending: true }),
}).partial();
