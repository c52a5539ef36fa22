import type { NetworkSpec } from '../../config/cluster-spec.js';
import type { DockerFacts } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Verdict } from './check-result.js';
import type { CheckFacts } from './facts.js';

/** One host as the rules see it. */
export interface CheckedHost {
  readonly address: string;
  readonly facts: CheckFacts;
  readonly docker: Pick<DockerFacts, 'cgroupVersion' | 'rootDir' | 'securityOptions' | 'storageDriver'>;
  /** The planned containers; rules read their arguments. */
  readonly containers: readonly ContainerSpec[];
  /** True if it has no container of a cluster. */
  readonly isNew: boolean;
  /** True if the state file lists it. */
  readonly isKnown: boolean;
  /** True if images must be pulled. */
  readonly mustPull: boolean;
}

/** What is the same for all hosts. */
export interface ClusterFacts {
  readonly kubernetesMinor: number;
  readonly network: Pick<NetworkSpec, 'plugin' | 'options'>;
  /** The planned and the current CA certificates of the cluster, as PEM. */
  readonly caCertificates: readonly string[];
}

/** Checks one host by itself; undefined if a fact is missing. */
export type HostRule = (host: CheckedHost, cluster: ClusterFacts) => Verdict | undefined;
