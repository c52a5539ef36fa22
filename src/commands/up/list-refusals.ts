import type { Failure } from '../../core/hosts-error.js';
import { failuresOf } from '../../run/checks/check-hosts.js';
import { refuseLeaving } from './leaving.js';
import { refuseUnnamed } from './limited-nodes.js';
import { refuseMembership } from './membership-refusals.js';
import { refuseNetwork } from './network-refusals.js';
import { refuseOtherCluster } from './other-cluster.js';
import { refusePorts } from './port-refusals.js';
import { refuseHelmReleases } from './release-checks.js';
import { refuseUnavailableNodes } from './unavailable-nodes.js';
import { refuseWithoutMembers } from './unreached-refusals.js';
import type { Considered } from './up-decision.js';
import { refuseMixedVersions } from './update-only.js';
import { refuseVersionSkew } from './version-skew.js';

/** Lists all reasons to stop before anything is changed. Pure. */
export function listRefusals(considered: Considered): Failure[] {
  const { spec, state, plan, observed, facts, encryption, rollout, only, limit } = considered;
  const { operations } = considered.changes;
  const running = state?.currentState.rkeConfig;
  return [
    ...refuseNetwork(spec, plan, observed),
    ...refuseHelmReleases(plan, observed),
    ...refuseLeaving(plan, observed, facts),
    ...refuseOtherCluster(plan, observed, state),
    ...(considered.forceVersion === true ? [] : refuseVersionSkew(plan, observed, operations)),
    ...refuseWithoutMembers(plan, observed, operations, {
      versions: [running?.kubernetesVersion, spec.kubernetesVersion],
      changesEncryption: encryption.steps.length > 0,
      rollout,
    }),
    ...(only === undefined ? [] : refuseMixedVersions(only, { spec, running })),
    ...refuseUnnamed(limit, spec, operations),
    ...refuseUnavailableNodes(plan, observed, operations, limit?.leftOut),
    ...refusePorts(operations, observed),
    ...refuseMembership({ plan, observed, facts, state }),
    ...failuresOf(considered.checks),
  ];
}
