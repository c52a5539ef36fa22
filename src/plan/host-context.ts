import type { ClusterSpec, NodeSpec, Role } from '../config/cluster-spec.js';
import type { ServiceOptions } from './container/flags.js';

/** What planning needs to know of a host: a part of what `docker info` says. */
export interface HostFacts {
  readonly rootDir: string;
  readonly osType: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly securityOptions: readonly string[];
}

/** Everything that the container builders read, for one host. */
export interface HostContext {
  readonly spec: ClusterSpec;
  readonly serviceOptions: ServiceOptions;
  /** Minor of the cluster's Kubernetes version. */
  readonly minor: number;
  readonly node: NodeSpec;
  readonly facts: HostFacts;
  readonly prefixPath: string;
  /** Tag of rke-tools for snapshots, which RKE takes from its own default version (util/util.go:147-163). */
  readonly snapshotImageTag: string;
  /** Text of the EncryptionConfiguration as the state has it; empty where Secrets are not encrypted. */
  readonly encryptionConfig: string;
}

/** Does the node hold the role. */
export function hasRole(node: NodeSpec, role: Role): boolean {
  return node.role.includes(role);
}

/**
 * Nodes with a role, in the order of cluster.yml, which is part of arguments and so must stay. One that lists a role
 * twice is there twice, as in RKE.
 */
export function nodesWithRole(spec: ClusterSpec, role: Role): NodeSpec[] {
  return spec.nodes.flatMap((node) => node.role.filter((held) => held === role).map(() => node));
}

export function isWindows({ facts }: HostContext): boolean {
  return facts.osType === 'windows';
}
