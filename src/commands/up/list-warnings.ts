import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { oldSnapshotFault } from '../../reconcile/snapshots/snapshot-age.js';
import type { DecisionWarning } from '../../run/apply.js';
import { warningsOf } from '../../run/checks/check-hosts.js';
import { keptContainer } from '../../run/checks/foreign-containers.js';
import { listAddonWarnings, listKeptObjects } from './addon-warnings.js';
import { warnOfLeftOut } from './limited-nodes.js';
import { warnOfUnknownMembers } from './membership-refusals.js';
import { listReleaseNotes } from './release-checks.js';
import type { Considered } from './up-decision.js';
import { warnOfUpdateOnly } from './update-only.js';
import { warnOfExternalEtcd } from './upgrade-snapshot.js';
import { listVersionSkew } from './version-skew.js';

/** Lists what the user should know before anything is changed. Pure. @throws RkeError ADDON_UNKNOWN (exit 7) */
export function listWarnings(considered: Considered): DecisionWarning[] {
  const { spec, plan, observed, paths, rules, only, limit } = considered;
  const { operations, leftOut } = considered.changes;
  const ofCluster = [
    ...listAddonWarnings(plan, observed),
    ...listKeptObjects(plan, observed, rules),
    ...(considered.forceVersion === true ? listVersionSkew(plan, observed, operations) : []),
    ...(considered.removedApis === undefined ? [] : [considered.removedApis]),
    ...(only === undefined ? [] : warnOfUpdateOnly(only, leftOut)),
    ...listReleaseNotes(plan, operations),
    ...ofOldSnapshots(plan, observed),
    ...(considered.canBeCopied ? [] : [tooLarge(paths.state)]),
  ];
  return [
    ...ofCluster.map((message) => ({ message })),
    ...(considered.snapshot !== false ? warnOfExternalEtcd(plan, observed, operations) : []),
    ...warnOfUnknownMembers(plan, observed),
    ...warnOfLeftOut(limit, spec),
    ...ofForeign(plan, observed),
    ...warningsOf(considered.checks),
  ];
}

/** Containers on hosts that leave, which are not of the cluster: they stay. */
function ofForeign({ leaving = [] }: ClusterPlan, { hosts }: ObservedCluster): DecisionWarning[] {
  return leaving.flatMap(({ node: { address: host } }) =>
    (hosts.get(host)?.foreign ?? []).map(({ name, image }) => ({
      host,
      message: keptContainer(name, image),
    })),
  );
}

function ofOldSnapshots(plan: ClusterPlan, observed: ObservedCluster): string[] {
  const message = oldSnapshotFault(plan, observed);
  return message === undefined ? [] : [message];
}

const tooLarge = (file: string): string =>
  `the state is larger than 1 MiB, the limit of a Secret, so the cluster has no copy of it; back up ${file}`;
