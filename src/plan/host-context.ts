import type { ClusterSpec, NodeSpec, Role } from '../config/cluster-spec.js';
import type { ServiceOptions } from './container/flags.js';

/** The fields of `docker info` that planning needs. */
export interface HostFacts {
  readonly rootDir: string;
  readonly osType: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly securityOptions: readonly string[];
}

/** The input of the functions that plan one host. */
export interface HostContext {
  readonly spec: ClusterSpec;
  readonly serviceOptions: ServiceOptions;
  /** Minor version of Kubernetes. */
  readonly minor: number;
  readonly node: NodeSpec;
  readonly facts: HostFacts;
  readonly prefixPath: string;
  /** Tag of rke-tools for snapshots, which RKE takes from its own default version (util/util.go:147-163). */
  readonly snapshotImageTag: string;
  /** Text of the EncryptionConfiguration in the state; empty if Secrets are not encrypted. */
  readonly encryptionConfig: string;
}

/** True if the node has the role. */
export function hasRole(node: NodeSpec, role: Role): boolean {
  return node.role.includes(role);
}

/**
 * The nodes with a role, in the order of cluster.yml, which must stay because it is part of arguments. A node that lists the
 * role twice is included twice, the same as in RKE.
 */
export function nodesWithRole(spec: ClusterSpec, role: Role): NodeSpec[] {
  return spec.nodes.flatMap((node) => node.role.filter((one) => one === role).map(() => node));
}

export function isWindows({ facts }: HostContext): boolean {
  return facts.osType === 'windows';
}
