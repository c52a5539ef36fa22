import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { PruneRules } from './diff/user-addon-changes.js';
import { addonOperations } from './intents/addon-operations.js';
import { addReleaseSteps } from './intents/release-steps.js';
import { noPruneOfNamespaces, userAddonOperations } from './intents/user-addon-operations.js';
import type { ObservedCluster } from './observed.js';
import { apiAnswers } from './operation-ids.js';
import type { Operation, OperationPlan } from './operations.js';
import { pruneSatisfiedDependencies } from './order/graph.js';

/** One add-on of a cluster whose API was read, and how it is changed. */
interface AddonInput {
  readonly name: string;
  /** What an add-on gets to become available, and an object to be accepted. */
  readonly timeoutSeconds: number;
}

/** What changes one add-on. */
export interface AddonOperations {
  readonly operations: OperationPlan;
  /** Titles of what has to be done first and concerns another add-on, whose place it takes, or that takes its place. */
  readonly needs: readonly string[];
}

/**
 * `rke addon apply`: the operations that apply one add-on as planned, also what has not changed. What left it is deleted, the same
 * as by `rke up`.
 */
export function planAddonApply(
  plan: ClusterPlan,
  observed: ObservedCluster,
  { name, timeoutSeconds }: AddonInput,
): AddonOperations {
  const system = addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds, forced: name });
  const user = userAddonOperations(
    plan,
    observed,
    { after: [apiAnswers], timeoutSeconds },
    { ...noPruneOfNamespaces, only: name, isForced: true },
  );
  const isOfAddon = (one: Operation): boolean =>
    (one.kind === 'apply-addon' || one.kind === 'await-addon') && one.name === name;
  return selected(system, isOfAddon, addReleaseSteps(user, plan.userAddons ?? []));
}

/**
 * `rke addon remove`: the operations that delete what the inventory of one add-on lists.
 *
 * @param plan without the add-on, so that what another one has as well stays
 */
export function planAddonRemoval(
  plan: ClusterPlan,
  observed: ObservedCluster,
  { name, timeoutSeconds, prunesNamespaces }: AddonInput & PruneRules,
): AddonOperations {
  const system = addonOperations(plan, observed, { after: apiAnswers, timeoutSeconds });
  const user = userAddonOperations(
    plan,
    observed,
    { after: [apiAnswers], timeoutSeconds },
    { prunesNamespaces, only: name },
  );
  return selected(system, (one) => one.kind === 'remove-addon' && one.name === name, user);
}

function selected(
  system: readonly Operation[],
  isSelected: (one: Operation) => boolean,
  user: readonly Operation[],
): AddonOperations {
  const chosen = system.filter(isSelected);
  const after = new Set(chosen.flatMap((one) => one.after));
  return {
    operations: {
      operations: pruneSatisfiedDependencies([...chosen, ...user]),
      unchanged: { containers: 0, files: 0, addons: 0 },
    },
    needs: system.filter((one) => after.has(one.id) && !isSelected(one)).map(({ title }) => title),
  };
}
