import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../../plan/cluster-plan-types.js';
import { isUserAddonSick, userWorkloads } from '../intents/user-addon-waits.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation, OperationPlan } from '../operations.js';

/**
 * Which add-ons `rke up` waits for: `cluster`, those without which a cluster does not work (network, DNS, ingress); `all`, those of
 * the user included; or `none`.
 */
export const addonWaits = ['all', 'cluster', 'none'] as const;
export type AddonWait = (typeof addonWaits)[number];

export const defaultAddonWait: AddonWait = 'cluster';

/** RKE's default of 45 s is for its deploy job; rke waits for the add-on itself. */
const minAddonSeconds = 180;

/** Seconds that an add-on gets to become available, and an object of a user add-on to be accepted. */
export const addonSeconds = ({ addonJobTimeout }: Pick<ClusterSpec, 'addonJobTimeout'>): number =>
  Math.max(addonJobTimeout, minAddonSeconds);

/** An add-on that a run does not wait for, and what it consists of. */
export interface UnawaitedAddon {
  readonly name: string;
  readonly awaits: readonly ObjectRef[];
}

/**
 * Removes waits for add-ons that the user does not wait for. A wait that another operation needs stays: the old DNS provider is
 * removed only once the new one answers.
 */
export function selectAddonWaits(
  { operations, ...rest }: OperationPlan,
  { addons, userAddons = [] }: Pick<ClusterPlan, 'addons' | 'userAddons'>,
  wait: AddonWait,
): OperationPlan {
  const needed = new Set(operations.flatMap(({ after, afterSome }) => [...after, ...(afterSome?.of ?? [])]));
  const awaited = new Set(
    [...addons.filter((addon) => isAwaited(addon, wait)), ...(wait === 'all' ? userAddons : [])].map(
      ({ name }) => name,
    ),
  );
  const isKept = (one: Operation): boolean =>
    one.kind !== 'await-addon' || awaited.has(one.name) || needed.has(one.id);
  return { ...rest, operations: operations.filter(isKept) };
}

function isAwaited({ isEssential }: AddonPlan, wait: AddonWait): boolean {
  return wait === 'all' || (wait === 'cluster' && isEssential !== false);
}

/** Add-ons that may not be available when the operations are done, because none of these waits for them. */
export function unawaitedAddons(
  { addons, userAddons = [] }: Pick<ClusterPlan, 'addons' | 'userAddons'>,
  observed: ObservedCluster,
  operations: readonly Operation[],
): UnawaitedAddon[] {
  const namesOf = (...kinds: readonly Operation['kind'][]): Set<string> =>
    new Set(operations.flatMap((one) => (kinds.includes(one.kind) && 'name' in one ? [one.name] : [])));
  const awaited = namesOf('await-addon');
  const applied = namesOf('apply-addon', 'apply-user-addon');
  const isSick = ({ name }: AddonPlan): boolean => observed.kube?.unavailableAddons.has(name) !== false;
  return [
    ...addons
      .filter((addon) => addon.objects.length > 0 && (applied.has(addon.name) || isSick(addon)))
      .map(({ name, awaits }) => ({ name, awaits })),
    ...userAddons
      .filter((addon) => applied.has(addon.name) || isUserAddonSick(addon, observed))
      .map((addon) => ({ name: addon.name, awaits: userWorkloads(addon) })),
  ].filter(({ name, awaits }) => awaits.length > 0 && !awaited.has(name));
}
