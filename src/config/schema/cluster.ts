import { authentication, authorization } from './access.js';
import { cloudProvider } from './cloud-provider.js';
import { dns } from './dns.js';
import { field, flag, list, object, text, texts, whole } from './field.js';
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
    doc: 'The hosts; the only key that must be there.',
    example: '[{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]',
  }),
  services: field(services, 'etcd and the components of Kubernetes.'),
  network: field(network, 'The network between pods.'),
  authentication: field(authentication, 'Who may talk to the API server.'),
  addons: field(text, {
    doc: 'Manifests, divided by lines of ---, that are applied to the cluster; what is taken away here is deleted there.',
    example: '"apiVersion: v1\\nkind: Namespace\\nmetadata: { name: team-a }\\n"',
    pending: true,
  }),
  addons_include: field(texts, {
    doc: 'Paths and addresses (http, https) of more manifests.',
    example: '[./addons/team-a.yml]',
    pending: true,
  }),
  system_images: field(systemImages, {
    doc: 'Images that stand above those of the catalogue, each taken as it is written.',
    example: '{ etcd: "registry.example.com/rancher/mirrored-coreos-etcd:v3.5.12" }',
  }),
  ssh_key_path: field(text, {
    doc: 'Private key for all hosts that have none of their own.',
    default: '~/.ssh/id_rsa',
    example: '~/.ssh/id_ed25519',
  }),
  ssh_cert_path: field(text, {
    doc: 'Means nothing to RKE: hosts have a key of the same name.',
    example: '~/.ssh/id_ed25519-cert.pub',
    pending: true,
  }),
  ssh_agent_auth: field(flag, {
    doc: 'Log in to all hosts with the SSH agent.',
    default: 'false',
    example: 'true',
  }),
  authorization: field(authorization, 'What those may do who may talk to the API server.'),
  ignore_docker_version: field(flag, {
    doc: 'Means nothing, as in RKE: only the flag --ignore-docker-version counts.',
    example: 'true',
  }),
  enable_cri_dockerd: field(flag, {
    doc: 'Put cri-dockerd between kubelet and Docker.',
    default: 'true from Kubernetes 1.24 on',
    since: 'RKE v1.3.0, Kubernetes 1.21',
    example: 'true',
  }),
  kubernetes_version: field(text, {
    doc: 'A version of the catalogue; name it, because the default changes with the program.',
    default: 'the default of the catalogue',
    example: 'v1.30.4-rancher1-1',
  }),
  private_registries: field(list(privateRegistry), {
    doc: 'Registries that images are pulled from, with who logs in.',
    example: '[{ url: registry.example.com, user: puller, password: registry-secret, is_default: true }]',
  }),
  ingress: field(ingress, 'The controller that takes requests from outside.'),
  cluster_name: field(text, {
    doc: 'Name of the cluster in the kubeconfig.',
    default: 'local',
    example: 'production',
  }),
  cloud_provider: field(cloudProvider, 'The cloud that the hosts are in.'),
  prefix_path: field(text, {
    doc: 'Directory of the hosts under which all files are kept: an absolute path of letters, digits and / . _ - + @ =.',
    default: '/; /opt/rke on RancherOS, CoreOS and Flatcar, /mnt/sda1/rke on Boot2Docker',
    example: '/opt/rke',
  }),
  win_prefix_path: field(text, {
    doc: 'Folder of Windows hosts under which all files are kept.',
    default: 'c:/',
    since: 'RKE v1.2.0',
    example: 'd:/rke',
  }),
  addon_job_timeout: field(whole, {
    doc: 'Seconds for an add-on to become available; never less than 180 are given.',
    default: '45',
    example: '300',
  }),
  bastion_host: field(bastionHost, {
    doc: 'All hosts are reached through this one.',
    example: '{ address: 203.0.113.10, user: ops }',
  }),
  monitoring: field(monitoring, 'What measures pods and nodes.'),
  restore: field(restore, { doc: 'Of Rancher: a run after the restore of a snapshot.', pending: true }),
  rotate_certificates: field(rotateCertificates, {
    doc: 'Make every run a rotation of certificates, as long as the key is there.',
    pending: true,
  }),
  rotate_encryption_key: field(flag, {
    doc: 'Make every run a rotation of the key that encrypts Secrets, as long as it is true.',
    default: 'false',
    since: 'RKE v1.3.0',
    example: 'true',
    pending: true,
  }),
  dns: field(dns, 'The DNS server of the cluster.'),
  upgrade_strategy: field(
    upgradeStrategy,
    'How many hosts are upgraded at once, and whether they are drained. For now it is one after another.',
  ),
  cri_dockerd_stream_server_address: field(text, {
    doc: 'Address at which cri-dockerd serves what exec and logs stream.',
    default: '127.0.0.1',
    since: 'RKE v1.6.2',
    example: '127.0.0.1',
  }),
  cri_dockerd_stream_server_port: field(text, {
    doc: 'Port at which cri-dockerd serves what exec and logs stream.',
    default: '10010',
    since: 'RKE v1.6.2',
    example: '10010',
  }),
});
