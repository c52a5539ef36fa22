import { neverRemoved } from '../../plan/addons/plan-addons.js';
import { manifestObjects } from '../../plan/addons/deployed-by-rke.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../../plan/cluster-plan-types.js';
import { carriesCluster, type ObservedCluster } from '../observed.js';

export interface RemovedAddon {
  readonly name: string;
  readonly objects: readonly ObjectRef[];
}

/**
 * Add-ons that are in the cluster and no longer planned, with all that is known to be theirs: what we recorded, and what RKE
 * applied or, if its manifest was deleted, what the configuration gives. Objects of another planned add-on stay.
 */
export function removedAddons(plan: ClusterPlan, observed: ObservedCluster): RemovedAddon[] {
  const staying = new Set([...plan.addons.map(({ name }) => name), ...neverRemoved]);
  const kept = new Set([
    ...plan.addons.flatMap(({ objects }) => objects.map((one) => refKey(objectRef(one)))),
    ...userKeys(plan),
  ]);
  const records = observed.kube?.addons ?? new Map<string, never>();
  const running = new Map(addonsLeft(plan, observed).map((addon) => [addon.name, addon]));
  const names = [...new Set([...running.keys(), ...records.keys()])].filter((name) => !staying.has(name));
  return names.flatMap((name) => {
    const record = records.get(name);
    const addon = running.get(name);
    // Our own record is of what was applied last, unless RKE came after us.
    const isOurs = record !== undefined && observed.kube?.appliedByRke?.has(name) !== true;
    const ofRke = isOurs || addon === undefined ? undefined : objectsByRke(addon, observed);
    if (record === undefined && ofRke === undefined) return [];
    const all = new Map([...(record?.objects ?? []), ...(ofRke ?? [])].map((ref) => [refKey(ref), ref]));
    return [{ name, objects: [...all].flatMap(([key, ref]) => (kept.has(key) ? [] : [ref])) }];
  });
}

/** Objects that the user has written, by `refKey`: they may replace those of an add-on. */
export function userKeys({ userAddons = [] }: Pick<ClusterPlan, 'userAddons'>): string[] {
  return userAddons.flatMap(({ objects }) => objects.map(({ object }) => refKey(objectRef(object))));
}

/** Add-ons that the last finished run had. On hosts that were wiped since there are none. */
function addonsLeft({ addonsRemoved = [] }: ClusterPlan, observed: ObservedCluster): readonly AddonPlan[] {
  return carriesCluster(observed) ? addonsRemoved : [];
}

/** @returns undefined if they are unknown */
function objectsByRke({ name, objects }: AddonPlan, { kube }: ObservedCluster): ObjectRef[] | undefined {
  const manifest = kube?.rkeManifests?.get(name);
  const known = manifest === undefined ? undefined : manifestObjects(manifest);
  return known ?? (objects.length === 0 ? undefined : objects.map(objectRef));
}

/**
 * Add-ons that cannot be changed.
 *
 * @returns `absent`: what is missing of add-ons that only RKE v1 can create; `unknown`: names of add-ons to be removed whose
 *   objects are unknown
 */
export function addonTroubles(
  plan: ClusterPlan,
  observed: ObservedCluster,
): { readonly absent: readonly string[]; readonly unknown: readonly string[] } {
  const removed = new Set(removedAddons(plan, observed).map(({ name }) => name));
  const absent = plan.addons.flatMap(({ name, objects }) => {
    const missing = observed.kube?.missingObjects?.get(name) ?? [];
    return objects.length > 0 || missing.length === 0
      ? []
      : [`${name}: ${missing.map(describeRef).join(', ')}`];
  });
  const unknown = addonsLeft(plan, observed).flatMap(({ name }) => (removed.has(name) ? [] : [name]));
  return { absent, unknown };
}

/** Kinds without a namespace. RKE's manifests give some objects of them one, which `kubectl apply` ignored. */
const clusterKinds: ReadonlySet<string> = new Set([
  ...['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'IngressClass', 'CustomResourceDefinition'],
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'PriorityClass'],
]);

/** Names an object whatever version of its API is asked. Without a namespace RKE's manifests mean kube-system, or none. */
export function refKey({ kind, namespace = 'kube-system', name }: ObjectRef): string {
  return clusterKinds.has(kind) ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
