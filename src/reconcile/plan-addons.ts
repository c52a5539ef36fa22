import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { PruneRules } from './diff/user-addon-changes.js';
import type { ObservedCluster } from './observed.js';
import { apiAnswers } from './operation-ids.js';
import type { Operation, OperationId } from './operations.js';
import { releaseDnsCache } from './order/dns-cache.js';
import type { ContainerWork } from './order/planes.js';
import { addonOperations, isAddonApplied } from './intents/addon-operations.js';
import { addReleaseSteps } from './intents/release-steps.js';
import { appliedUserAddons, userAddonOperations } from './intents/user-addon-operations.js';
import { userAddonWaits } from './intents/user-addon-waits.js';

interface Seen {
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
}

interface AddonRules {
  /** What may be deleted of user add-ons. */
  readonly rules: PruneRules;
  /** What changes on hosts. */
  readonly work: readonly ContainerWork[];
  /** What an add-on gets to become available once a node is Ready. */
  readonly timeoutSeconds: number;
  /** What the network plugin is applied after, besides the API. */
  readonly networkAfter: readonly OperationId[] | undefined;
}

/** Applies and awaits the add-ons of the cluster, then those of the user, as soon as a kube-apiserver answers. */
export function planAddons({ plan, observed }: Seen, rules: AddonRules): Operation[] {
  const { timeoutSeconds, networkAfter } = rules;
  const addons = releaseDnsCache(
    addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds, networkAfter }),
    rules.work,
  );
  const applied = addons.filter(({ kind }) => kind === 'apply-addon').map(({ id }) => id);
  const order = { after: [apiAnswers, ...applied], timeoutSeconds };
  const ofUser = addReleaseSteps(
    userAddonOperations(plan, observed, order, rules.rules),
    plan.userAddons ?? [],
  );
  return [...addons, ...ofUser, ...userAddonWaits(plan, observed, { operations: ofUser, timeoutSeconds })];
}

/** The number of add-ons that are in the cluster as planned. */
export const countApplied = ({ plan, observed }: Seen): number =>
  plan.addons.filter((addon) => isAddonApplied(addon, plan, observed)).length +
  appliedUserAddons(plan, observed).length;
