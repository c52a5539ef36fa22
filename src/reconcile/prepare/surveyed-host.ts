import type { CheckedHost, ClusterFacts } from '../checks/checked-host.js';
import type { HostState } from './host-state.js';
import type { ByHand, PrepareStep } from './prepare-step.js';

/** What was read of one host. */
export interface SurveyedHost {
  readonly state: HostState;
  /** As the checks of `rke doctor` see it. */
  readonly checked: CheckedHost;
  /** `docker_socket` of cluster.yml, if it is not the usual one. */
  readonly dockerSocket?: string | undefined;
}

/** What the cluster needs of its hosts. */
export interface Wanted {
  readonly cluster: ClusterFacts;
  /** Minor versions of Docker that are accepted, e.g. `26.1`; undefined if all are. */
  readonly dockerMinors: readonly string[] | undefined;
}

/** What a part of the preparation needs: steps, or something to do by hand. */
export type PartPlan = readonly (PrepareStep | ByHand)[];
