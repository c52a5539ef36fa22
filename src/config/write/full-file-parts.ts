const serviceBase = {
  image: '',
  extra_args: {},
  extra_args_array: {},
  extra_binds: [],
  extra_env: [],
  win_extra_args: {},
  win_extra_args_array: {},
  win_extra_binds: [],
  win_extra_env: [],
};

/** Settings of services that the wizard asks for. */
export interface ServiceAnswers {
  readonly clusterDomain: string;
  readonly serviceRange: string;
  readonly podRange: string;
  readonly dnsServer: string;
}

/** `services` with all keys of each. */
export function serviceKeys({
  serviceRange,
  podRange,
  clusterDomain,
  dnsServer,
}: ServiceAnswers): Record<string, unknown> {
  return {
    etcd: {
      ...serviceBase,
      external_urls: [],
      ca_cert: '',
      cert: '',
      key: '',
      path: '',
      uid: 0,
      gid: 0,
      snapshot: null,
      retention: '',
      creation: '',
      backup_config: null,
    },
    'kube-api': {
      ...serviceBase,
      service_cluster_ip_range: serviceRange,
      service_node_port_range: '',
      pod_security_configuration: '',
      always_pull_images: false,
      secrets_encryption_config: null,
      audit_log: null,
      admission_configuration: null,
      event_rate_limit: null,
    },
    'kube-controller': { ...serviceBase, cluster_cidr: podRange, service_cluster_ip_range: serviceRange },
    scheduler: serviceBase,
    kubelet: {
      ...serviceBase,
      cluster_domain: clusterDomain,
      infra_container_image: '',
      cluster_dns_server: dnsServer,
      fail_swap_on: false,
      generate_serving_certificate: false,
    },
    kubeproxy: serviceBase,
  };
}

/** `ingress` with all keys, none of them set. */
export const ingressKeys = {
  provider: '',
  options: {},
  node_selector: {},
  extra_args: {},
  dns_policy: '',
  extra_envs: [],
  extra_volumes: [],
  extra_volume_mounts: [],
  update_strategy: null,
  http_port: 0,
  https_port: 0,
  network_mode: '',
  tolerations: [],
  default_backend: null,
  default_http_backend_priority_class_name: '',
  nginx_ingress_controller_priority_class_name: '',
  default_ingress_class: null,
};
