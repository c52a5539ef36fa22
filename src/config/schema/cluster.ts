import { dns, ingress, monitoring, network } from './addons.js';
import { cloudProvider } from './cloud-provider.js';
import { field, flag, list, object, text, textMap, texts, whole } from './field.js';
import { bastionHost, node, privateRegistry } from './node.js';
import { services } from './services.js';
import { systemImages } from './system-images.js';

const upgradeStrategy = object({
  max_unavailable_worker: field(text),
  max_unavailable_controlplane: field(text),
  drain: field(flag),
  node_drain_input: field(
    object({
      force: field(flag),
      ignore_daemonsets: field(flag, { json: 'ignoreDaemonSets' }),
      delete_local_data: field(flag),
      grace_period: field(whole),
      timeout: field(whole),
    }).partial(),
  ),
}).partial();

/** cluster.yml, every key of it (RKE types/rke_types.go RancherKubernetesEngineConfig). */
export const cluster = object({
  nodes: field(list(node), { doc: 'The hosts.' }),
  services: field(services, { doc: 'etcd and the components of Kubernetes.' }),
  network: field(network, { doc: 'The network between pods.' }),
  authentication: field(
    object({
      strategy: field(text, { doc: 'x509.' }),
      sans: field(texts, { doc: 'More names and addresses in the certificate of kube-apiserver.' }),
      webhook: field(object({ config_file: field(text), cache_timeout: field(text) }).partial()),
    }).partial(),
  ),
  addons: field(text, { pending: true }),
  addons_include: field(texts, { pending: true }),
  system_images: field(systemImages.partial(), { doc: 'Images that stand above those of the catalogue.' }),
  ssh_key_path: field(text, { doc: 'Private key for all hosts that have none of their own; ~/.ssh/id_rsa.' }),
  ssh_cert_path: field(text, { pending: true }),
  ssh_agent_auth: field(flag, { doc: 'Log in to all hosts with the SSH agent.' }),
  authorization: field(object({ mode: field(text, { doc: 'rbac.' }), options: field(textMap) }).partial()),
  ignore_docker_version: field(flag, { doc: 'As in RKE, only the flag counts.' }),
  enable_cri_dockerd: field(flag, { doc: 'true from Kubernetes 1.24 on.' }),
  kubernetes_version: field(text, { doc: 'A version of the catalogue, e.g. v1.30.4-rancher1-1.' }),
  private_registries: field(list(privateRegistry)),
  ingress: field(ingress),
  cluster_name: field(text, { doc: 'Name in the kubeconfig; local.' }),
  cloud_provider: field(cloudProvider),
  prefix_path: field(text, { doc: 'Folder of the hosts under which all files are kept; /.' }),
  win_prefix_path: field(text, { pending: true }),
  addon_job_timeout: field(whole, {
    doc: 'Seconds for an add-on to become available; 45, but never less than 180 are given.',
  }),
  bastion_host: field(bastionHost, { doc: 'All hosts are reached through this one.' }),
  monitoring: field(monitoring),
  restore: field(object({ restore: field(flag), snapshot_name: field(text) }).partial(), { pending: true }),
  rotate_certificates: field(
    object({ cacertificates: field(flag, { json: 'caCertificates' }), services: field(texts) }).partial(),
    { pending: true },
  ),
  rotate_encryption_key: field(flag, { pending: true }),
  dns: field(dns),
  upgrade_strategy: field(upgradeStrategy, { pending: true }),
  cri_dockerd_stream_server_address: field(text),
  cri_dockerd_stream_server_port: field(text),
}).partial();
