import type { Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';

export type Role = 'controlplane' | 'etcd' | 'worker';

export interface ClusterYmlOptions {
  readonly version?: string;
  /** The nodes of the cluster. Default: all nodes of the lab. */
  readonly nodes?: readonly LabNode[];
  /** Default: all three. */
  readonly roles?: (node: LabNode) => readonly Role[];
  readonly sshKeyPath?: string;
  /** Default: flannel. */
  readonly network?: string;
  readonly networkOptions?: Readonly<Record<string, string>>;
  /** Members of `ingress`. Default: no ingress. */
  readonly ingress?: string;
  /** Added unchanged. */
  readonly more?: string;
}

const allRoles: readonly Role[] = ['controlplane', 'etcd', 'worker'];

/** A cluster.yml for nodes of a lab. */
export function clusterYml(lab: Lab, options: ClusterYmlOptions = {}): string {
  const { version = 'v1.30.4-rancher1-1', roles = () => allRoles, more = '' } = options;
  const { network = 'flannel', ingress = 'provider: none', networkOptions = {} } = options;
  const nodes = (options.nodes ?? lab.nodes).map((node) => {
    const { address, hostname, user } = node;
    return `  - { address: ${address}, hostname_override: ${hostname}, user: ${user}, role: [${roles(node).join(', ')}] }`;
  });
  return `kubernetes_version: ${version}
ssh_key_path: ${options.sshKeyPath ?? lab.sshKeyPath}
nodes:
${nodes.join('\n')}
network: { plugin: ${network}, options: ${JSON.stringify(networkOptions)} }
ingress: { ${ingress} }
${more}`;
}
