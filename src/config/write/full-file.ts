import { blockYaml } from '../../yaml/block-yaml.js';
import { imageRoles } from '../../versions/image-roles.js';
import type { Role } from '../cluster-spec.js';
import { ingressKeys, serviceKeys, type ServiceAnswers } from './full-file-parts.js';

/** What a cluster.yml is made of where all keys are to stand in it; an empty text is not set. */
export interface FullFile extends ServiceAnswers {
  readonly nodes: readonly FileNode[];
  readonly sshKeyPath: string;
  readonly kubernetesVersion: string;
  readonly systemImages: Readonly<Record<string, string>>;
  readonly network: string;
  readonly authentication: string;
  readonly authorization: string;
  readonly addonsInclude: readonly string[];
}

export interface FileNode {
  readonly address: string;
  readonly port: string;
  readonly internalAddress: string;
  readonly role: readonly Role[];
  readonly hostnameOverride: string;
  readonly user: string;
  readonly dockerSocket: string;
  readonly sshKey: string;
  readonly sshKeyPath: string;
}

const blankNode: FileNode = {
  address: '',
  port: '',
  internalAddress: '',
  role: [],
  hostnameOverride: '',
  user: '',
  dockerSocket: '',
  sshKey: '',
  sshKeyPath: '',
};

/** A file to be filled in by hand: `rke config --empty`. */
export const blankFile: FullFile = {
  nodes: [blankNode],
  sshKeyPath: '',
  kubernetesVersion: '',
  systemImages: {},
  network: '',
  authentication: '',
  authorization: '',
  clusterDomain: '',
  serviceRange: '',
  podRange: '',
  dnsServer: '',
  addonsInclude: [],
};

const heading = `# Made by rke config. Every key is here; an empty one has its default.
# Where there is no network, set the images below, or a private registry that is_default.
`;

/** A cluster.yml with all keys that RKE writes, in its order (types/rke_types.go, as cmd/config.go dumps it). */
export function fullFile(file: FullFile): string {
  return `${heading}${blockYaml({
    nodes: file.nodes.map(nodeKeys),
    services: serviceKeys(file),
    network: {
      plugin: file.network,
      options: {},
      mtu: 0,
      node_selector: {},
      update_strategy: null,
      tolerations: [],
    },
    authentication: { strategy: file.authentication, sans: [], webhook: null },
    addons: '',
    addons_include: file.addonsInclude,
    system_images: Object.fromEntries(imageRoles.map(({ key }) => [key, file.systemImages[key] ?? ''])),
    ssh_key_path: file.sshKeyPath,
    ssh_cert_path: '',
    ssh_agent_auth: false,
    authorization: { mode: file.authorization, options: {} },
    ignore_docker_version: null,
    enable_cri_dockerd: null,
    kubernetes_version: file.kubernetesVersion,
    private_registries: [],
    ingress: ingressKeys,
    cluster_name: '',
    cloud_provider: { name: '' },
    prefix_path: '',
    win_prefix_path: '',
    addon_job_timeout: 0,
    bastion_host: {
      address: '',
      port: '',
      user: '',
      ssh_key: '',
      ssh_key_path: '',
      ssh_cert: '',
      ssh_cert_path: '',
      ignore_proxy_env_vars: false,
    },
    monitoring: {
      provider: '',
      options: {},
      node_selector: {},
      update_strategy: null,
      replicas: null,
      tolerations: [],
      metrics_server_priority_class_name: '',
    },
    restore: { restore: false, snapshot_name: '' },
    rotate_encryption_key: false,
    dns: null,
    cri_dockerd_stream_server_address: '',
    cri_dockerd_stream_server_port: '',
  })}`;
}

function nodeKeys(node: FileNode): Record<string, unknown> {
  return {
    address: node.address,
    port: node.port,
    internal_address: node.internalAddress,
    role: node.role,
    hostname_override: node.hostnameOverride,
    user: node.user,
    docker_socket: node.dockerSocket,
    ssh_key: node.sshKey,
    ssh_key_path: node.sshKeyPath,
    ssh_cert: '',
    ssh_cert_path: '',
    labels: {},
    taints: [],
  };
}
