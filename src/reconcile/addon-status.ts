import { describeRef, objectRef } from '../plan/addons/object-ref.js';
import { keyOfObject, objectKey } from '../plan/addons/user/assemble-addons.js';
import { placeOf, type UserAddon } from '../plan/addons/user/user-addon.js';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../plan/cluster-plan-types.js';
import { isAddonApplied } from './intents/addon-operations.js';
import { noPruneOfNamespaces } from './intents/user-addon-operations.js';
import type { ObservedCluster, ObservedUserAddons } from './observed.js';
import { removedAddons } from './diff/removed-addons.js';
import { isApplied, userAddonChanges, type UserAddonChange } from './diff/user-addon-changes.js';

/**
 * How an add-on, or an object of it, compares with cluster.yml: `changed` is what `rke up` would apply, `missing` what it would
 * create, and `not-in-cluster-yml` what it would delete.
 */
export type AddonState = 'up-to-date' | 'changed' | 'missing' | 'not-in-cluster-yml';

export interface AddonStatus {
  readonly name: string;
  /** `system`: an add-on of the cluster; `user`: `addons` and `addons_include`; `helm`: a chart of `addons_helm`. */
  readonly kind: 'system' | 'user' | 'helm';
  readonly state: AddonState;
  readonly objects: readonly AddonObject[];
  /** What of it is not available, with the reason: `Deployment team/web: 0 of 1 replicas available`. */
  readonly troubles: readonly string[];
}

export interface AddonObject extends ObjectRef {
  /** `file:line`; absent for add-ons of the cluster, and for what is no longer in cluster.yml. */
  readonly place?: string;
  /** Absent for add-ons of the cluster, which are compared as a whole. */
  readonly state?: AddonState;
}

/** Compares every add-on that cluster.yml or the cluster has: those of the cluster first, in the order in which they are applied. */
export function addonStatuses(plan: ClusterPlan, observed: ObservedCluster): AddonStatus[] {
  const found = observed.kube?.userAddons;
  const user =
    found === undefined
      ? []
      : userAddonChanges(plan, found, noPruneOfNamespaces).flatMap((change) =>
          statusOfUserAddon(change, plan.userAddons ?? [], found),
        );
  const removed = removedAddons(plan, observed).map(({ name, objects }): AddonStatus => ({
    name,
    kind: 'system',
    state: 'not-in-cluster-yml',
    objects,
    troubles: [],
  }));
  return [...plan.addons.map((addon) => statusOfSystem(addon, plan, observed)), ...removed, ...user];
}

function statusOfSystem(addon: AddonPlan, plan: ClusterPlan, observed: ObservedCluster): AddonStatus {
  const missing = observed.kube?.missingObjects?.get(addon.name) ?? [];
  return {
    name: addon.name,
    kind: 'system',
    state: missing.length > 0 ? 'missing' : isAddonApplied(addon, plan, observed) ? 'up-to-date' : 'changed',
    objects: addon.objects.map(objectRef),
    troubles: [],
  };
}

/** @returns none for an inventory of which nothing exists any more */
function statusOfUserAddon(
  { name, known, isPlanned, prune, kept }: UserAddonChange,
  planned: readonly UserAddon[],
  found: ObservedUserAddons,
): AddonStatus[] {
  const addon = planned.find((one) => one.name === name);
  const here = (addon?.objects ?? []).map((placed): AddonObject => {
    const { object, origin } = placed;
    const exists = found.live.has(keyOfObject(object));
    const state = isApplied(placed, known, found) ? 'up-to-date' : exists ? 'changed' : 'missing';
    return { ...objectRef(object), place: placeOf(origin), state };
  });
  const left = [...prune, ...kept.map(({ ref }) => ref)].map((ref): AddonObject => ({
    ...ref,
    state: 'not-in-cluster-yml',
  }));
  const objects = [...here, ...left];
  if (!isPlanned && objects.length === 0) return [];
  return [
    {
      name,
      kind: name.startsWith('helm.') ? 'helm' : 'user',
      state: isPlanned ? stateOfAll(objects) : 'not-in-cluster-yml',
      objects,
      troubles: objects.flatMap((ref) => {
        const trouble = found.live.get(objectKey(ref))?.trouble;
        return trouble === undefined ? [] : [`${describeRef(ref)}: ${trouble}`];
      }),
    },
  ];
}

function stateOfAll(objects: readonly AddonObject[]): AddonState {
  const states = new Set(objects.map(({ state }) => state));
  if (states.has('missing')) return 'missing';
  return states.has('changed') || states.has('not-in-cluster-yml') ? 'changed' : 'up-to-date';
}
