import { field, flag, object, text, textLists, textMap, texts, whole } from './field.js';
import {
  admissionConfiguration,
  auditPolicy,
  encryptionConfiguration,
  eventRateLimits,
} from './kubernetes-objects.js';

const base = {
  image: field(text, { doc: 'Means nothing: images are set under system_images.' }),
  extra_args: field(textMap, { doc: 'Flags, over all others.' }),
  extra_args_array: field(textLists, { doc: 'Flags that are given several times.' }),
  extra_binds: field(texts, { doc: 'More binds of the container.' }),
  extra_env: field(texts, { doc: 'More variables of the container, NAME=value.' }),
  win_extra_args: field(textMap),
  win_extra_args_array: field(textLists),
  win_extra_binds: field(texts),
  win_extra_env: field(texts),
};

const backupConfig = object({
  enabled: field(flag),
  interval_hours: field(whole),
  retention: field(whole),
  safe_timestamp: field(flag),
  timeout: field(whole),
  s3backupconfig: field(
    object({
      access_key: field(text),
      secret_key: field(text),
      bucket_name: field(text),
      region: field(text),
      endpoint: field(text),
      custom_ca: field(text),
      folder: field(text),
    }).partial(),
    { json: 's3BackupConfig' },
  ),
}).partial();

const etcd = object({
  ...base,
  external_urls: field(texts),
  ca_cert: field(text),
  cert: field(text),
  key: field(text),
  path: field(text),
  uid: field(whole, { doc: 'User that etcd runs as; only together with gid.' }),
  gid: field(whole),
  snapshot: field(flag, { doc: 'Take snapshots regularly; true.' }),
  retention: field(text, { doc: 'How long they are kept; 72h.' }),
  creation: field(text, { doc: 'Time between two; 12h.' }),
  backup_config: field(backupConfig),
}).partial();

const auditLog = object({
  enabled: field(flag),
  configuration: field(
    object({
      max_age: field(whole),
      max_backup: field(whole),
      max_size: field(whole),
      path: field(text),
      format: field(text),
      policy: field(auditPolicy),
    }).partial(),
  ),
}).partial();

const kubeApi = object({
  ...base,
  service_cluster_ip_range: field(text, { doc: 'Addresses of Services; 10.43.0.0/16.' }),
  service_node_port_range: field(text, { doc: '30000-32767.' }),
  pod_security_configuration: field(text, { doc: 'privileged or restricted.' }),
  always_pull_images: field(flag),
  secrets_encryption_config: field(
    object({
      enabled: field(flag),
      custom_config: field(encryptionConfiguration, { anyCase: true }),
    }).partial(),
  ),
  audit_log: field(auditLog),
  admission_configuration: field(admissionConfiguration),
  event_rate_limit: field(
    object({ enabled: field(flag), configuration: field(eventRateLimits, { anyCase: true }) }).partial(),
  ),
}).partial();

const kubeController = object({
  ...base,
  cluster_cidr: field(text, { doc: 'Addresses of pods; 10.42.0.0/16.' }),
  service_cluster_ip_range: field(text, { doc: 'As of kube-api; 10.43.0.0/16.' }),
}).partial();

const kubelet = object({
  ...base,
  cluster_domain: field(text, { doc: 'cluster.local.' }),
  infra_container_image: field(text),
  cluster_dns_server: field(text, { doc: 'Address of the DNS Service; 10.43.0.10.' }),
  fail_swap_on: field(flag),
  generate_serving_certificate: field(flag),
}).partial();

export const services = object({
  etcd: field(etcd),
  'kube-api': field(kubeApi, { json: 'kubeApi' }),
  'kube-controller': field(kubeController, { json: 'kubeController' }),
  scheduler: field(object(base).partial()),
  kubelet: field(kubelet),
  kubeproxy: field(object(base).partial()),
}).partial();
