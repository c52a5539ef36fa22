import type { NetworkSpec } from '../../config/cluster-spec.js';
import type { DockerFacts } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { Verdict } from './check-result.js';
import type { CheckFacts } from './facts.js';

/** One host as the rules see it. */
export interface CheckedHost {
  readonly address: string;
  readonly facts: CheckFacts;
  readonly docker: Pick<DockerFacts, 'cgroupVersion' | 'rootDir' | 'securityOptions'>;
  /** What is planned there; the rules read arguments of it. */
  readonly containers: readonly ContainerSpec[];
  /** Nothing of a cluster runs there. */
  readonly isNew: boolean;
  /** The state file speaks of it. */
  readonly isKnown: boolean;
  /** It lacks images. */
  readonly mustPull: boolean;
}

/** What is the same for all hosts. */
export interface ClusterFacts {
  readonly kubernetesMinor: number;
  readonly network: Pick<NetworkSpec, 'plugin' | 'options'>;
  /** The cluster's CA certificates: the one to be, and the one that was. PEM. */
  readonly authorities: readonly string[];
}

/** Looks at one host alone. undefined: it cannot tell. */
export type HostRule = (host: CheckedHost, cluster: ClusterFacts) => Verdict | undefined;
