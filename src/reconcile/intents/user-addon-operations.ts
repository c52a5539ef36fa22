import { deploymentRefs } from '../../plan/addons/deployed-by-rke.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import { objectKey } from '../../plan/addons/user/assemble-addons.js';
import { inApplyOrder, isNamespace } from '../../plan/addons/user/order-objects.js';
import { placeOf, type UserAddon } from '../../plan/addons/user/user-addon.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import {
  userAddonChanges,
  type PruneRules,
  type UserAddonChange,
  type UserAddonRules,
} from '../diff/user-addon-changes.js';
import { carriesCluster, type ObservedCluster, type ObservedUserAddons } from '../observed.js';
import type { Operation, OperationId, OperationOf } from '../operations.js';

/** What operations of user add-ons wait for, and how long they may take. */
export interface UserAddonOrder {
  readonly after: readonly OperationId[];
  readonly timeoutSeconds: number;
}

export const noPruneOfNamespaces: PruneRules = { prunesNamespaces: false };

/**
 * One operation for each user add-on that differs from the cluster. They do not wait for each other, nor for nodes: with
 * `network.plugin: none` the network itself may be among them.
 */
export function userAddonOperations(
  plan: ClusterPlan,
  observed: ObservedCluster,
  { after, timeoutSeconds }: UserAddonOrder,
  rules: UserAddonRules = noPruneOfNamespaces,
): Operation[] {
  if (plan.userAddons === undefined) return [];
  const found = observed.kube?.userAddons;
  if (found === undefined) return applyBlindly(plan, observed, { after, timeoutSeconds });
  return userAddonChanges(plan, found, rules)
    .filter(({ apply, prune }) => apply.length > 0 || prune.length > 0)
    .map((change): OperationOf<'apply-user-addon'> => {
      const { name, apply, prune, known, isPlanned } = change;
      return {
        ...headOf(name, isPlanned ? 'apply' : 'remove', after),
        details: detailsOf(change, found),
        kind: 'apply-user-addon',
        name,
        objects: apply,
        prune,
        prunesNamespaces: rules.prunesNamespaces,
        leftByRke: found.ofRke.has(name) ? deploymentRefs(name) : [],
        known,
        timeoutSeconds,
      };
    });
}

/** Names of user add-ons that need no operation. */
export function appliedUserAddons(plan: ClusterPlan, observed: ObservedCluster): string[] {
  const names = (plan.userAddons ?? []).map(({ name }) => name);
  const changed = new Set(
    userAddonOperations(plan, observed, { after: [], timeoutSeconds: 0 }).map((one) =>
      'name' in one ? one.name : '',
    ),
  );
  return names.filter((name) => !changed.has(name));
}

function headOf(
  name: string,
  verb: 'apply' | 'remove',
  after: readonly OperationId[],
): Pick<Operation, 'id' | 'stage' | 'title' | 'after'> {
  return { id: `${verb}:${name}`, stage: 'add-ons', title: `${verb} ${name}`, after };
}

/** Without an observation everything is applied, unless the last finished run had the same; nothing is deleted. */
function applyBlindly(
  { userAddons = [], addonsUnchanged = [] }: ClusterPlan,
  observed: ObservedCluster,
  { after, timeoutSeconds }: UserAddonOrder,
): Operation[] {
  const isUnchanged = ({ name }: UserAddon): boolean =>
    addonsUnchanged.includes(name) && carriesCluster(observed);
  return userAddons
    .filter((addon) => !isUnchanged(addon))
    .map(({ name, objects }): OperationOf<'apply-user-addon'> => ({
      ...headOf(name, 'apply', after),
      details: inApplyOrder(objects, ({ object }) => object).map(
        ({ object, origin }) => `apply ${describeRef(objectRef(object))} (${placeOf(origin)})`,
      ),
      kind: 'apply-user-addon',
      name,
      objects: inApplyOrder(objects, ({ object }) => object),
      prune: [],
      prunesNamespaces: false,
      leftByRke: [],
      known: undefined,
      timeoutSeconds,
    }));
}

function detailsOf({ apply, prune }: UserAddonChange, { live, contents }: ObservedUserAddons): string[] {
  const leaving = new Set(prune.map(objectKey));
  return [
    ...apply.map(({ object, origin }) => {
      const ref = objectRef(object);
      return `${live.has(objectKey(ref)) ? 'change' : 'create'} ${describeRef(ref)} (${placeOf(origin)})`;
    }),
    ...prune.map((ref) => {
      const inside = isNamespace(ref) ? (contents.get(objectKey(ref)) ?? []) : [];
      const lost = inside.filter((one) => !leaving.has(objectKey(one)));
      const names = lost.length === 0 ? '' : ` with ${lost.map(describeRef).join(', ')}`;
      return `delete ${describeRef(ref)}${names}`;
    }),
  ];
}
