import { authentication, authorization } from './access.js';
import { cloudProvider } from './cloud-provider.js';
import { dns } from './dns.js';
import { field, boolean, list, object, string, strings, integer } from './field.js';
import { helmRelease } from './helm-release.js';
import { ingress } from './ingress.js';
import { monitoring } from './monitoring.js';
import { network } from './network.js';
import { bastionHost, node } from './node.js';
import { privateRegistry } from './private-registry.js';
import { services } from './services.js';
import { systemImages } from './system-images.js';
import { restore, rotateCertificates, upgradeStrategy } from './upgrade.js';

/** cluster.yml, every key of it (RKE types/rke_types.go RancherKubernetesEngineConfig). */
export const cluster = object({
  nodes: field(list(node), {
    doc: 'The hosts of the cluster; the only required key.',
    example: '[{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]',
  }),
  services: field(services, 'Settings of etcd and the Kubernetes components.'),
  network: field(network, 'The network plugin.'),
  authentication: field(authentication, 'How clients of the API server log in.'),
  addons: field(string, {
    doc: 'Your own manifests, separated by ---; what is removed here is deleted from the cluster.',
    example: '"apiVersion: v1\\nkind: Namespace\\nmetadata: { name: team-a }\\n"',
  }),
  addons_include: field(strings, {
    doc: 'Files, directories or URLs (http, https) of more manifests; paths are relative to cluster.yml.',
    example: '[./addons/team-a.yml]',
  }),
  addons_helm: field(list(helmRelease), {
    doc: 'Helm charts, rendered with helm on this machine; not a key of RKE v1.',
  }),
  system_images: field(systemImages, {
    doc: 'Images that override those of the version catalogue, used exactly as written.',
    example: '{ etcd: "registry.example.com/rancher/mirrored-coreos-etcd:v3.5.12" }',
  }),
  ssh_key_path: field(string, {
    doc: 'SSH private key for all hosts that do not set their own.',
    default: '~/.ssh/id_rsa',
    example: '~/.ssh/id_ed25519',
  }),
  ssh_cert_path: field(string, {
    doc: 'No effect in RKE v1; set the key of the same name for each node.',
    example: '~/.ssh/id_ed25519-cert.pub',
    pending: true,
  }),
  ssh_agent_auth: field(boolean, {
    doc: 'Use the SSH agent for all hosts.',
    default: 'false',
    example: 'true',
  }),
  authorization: field(authorization, 'What clients of the API server may do.'),
  ignore_docker_version: field(boolean, {
    doc: 'No effect, the same as RKE v1; use the flag --ignore-docker-version.',
    example: 'true',
  }),
  enable_cri_dockerd: field(boolean, {
    doc: 'Run cri-dockerd between kubelet and Docker.',
    default: 'true from Kubernetes 1.24',
    since: 'RKE v1.3.0, Kubernetes 1.21',
    example: 'true',
  }),
  kubernetes_version: field(string, {
    doc: 'A version of the catalogue; set it, because the default changes with each release.',
    default: 'catalogue default',
    example: 'v1.30.4-rancher1-1',
  }),
  private_registries: field(list(privateRegistry), {
    doc: 'Registries to pull images from, with credentials.',
    example: '[{ url: registry.example.com, user: puller, password: registry-secret, is_default: true }]',
  }),
  ingress: field(ingress, 'The ingress controller.'),
  cluster_name: field(string, {
    doc: 'Name of the cluster in the kubeconfig.',
    default: 'local',
    example: 'production',
  }),
  cloud_provider: field(cloudProvider, 'The cloud provider.'),
  prefix_path: field(string, {
    doc: 'Directory on the hosts for all files.',
    details:
      'An absolute path of letters, digits and / . _ - + @ =. On RancherOS, CoreOS and Flatcar the default is /opt/rke, on Boot2Docker /mnt/sda1/rke.',
    default: '/',
    example: '/opt/rke',
  }),
  win_prefix_path: field(string, {
    doc: 'Directory on Windows hosts for all files.',
    default: 'c:/',
    since: 'RKE v1.2.0',
    example: 'd:/rke',
  }),
  addon_job_timeout: field(integer, {
    doc: 'Seconds to wait for an add-on to become available; values below 180 count as 180.',
    default: '45',
    example: '300',
  }),
  bastion_host: field(bastionHost, {
    doc: 'SSH jump host through which all hosts are reached.',
    example: '{ address: 203.0.113.10, user: ops }',
  }),
  monitoring: field(monitoring, 'Resource metrics of pods and nodes.'),
  restore: field(restore, { doc: 'Set by Rancher after it restored a snapshot.', pending: true }),
  rotate_certificates: field(rotateCertificates, {
    doc: 'Rotate certificates in every run while the key is set.',
    pending: true,
  }),
  rotate_encryption_key: field(boolean, {
    doc: 'Rotate the encryption key of Secrets in every run while it is true.',
    default: 'false',
    since: 'RKE v1.3.0',
    example: 'true',
    pending: true,
  }),
  dns: field(dns, 'The cluster DNS.'),
  upgrade_strategy: field(upgradeStrategy, {
    doc: 'How many hosts are upgraded at the same time, and whether they are drained.',
    details: 'Not supported yet: hosts are upgraded one at a time, whatever this key is set to.',
  }),
  cri_dockerd_stream_server_address: field(string, {
    doc: 'Address on which cri-dockerd serves the streams of exec and logs.',
    default: '127.0.0.1',
    since: 'RKE v1.6.2',
    example: '127.0.0.1',
  }),
  cri_dockerd_stream_server_port: field(string, {
    doc: 'Port on which cri-dockerd serves the streams of exec and logs.',
    default: '10010',
    since: 'RKE v1.6.2',
    example: '10010',
  }),
});
