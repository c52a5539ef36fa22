import { InternalError } from '../../core/errors.js';
import { recordOf } from '../../plan/addons/addon-record.js';
import { deployedNames } from '../../plan/addons/addons-in-cluster.js';
import { withConfigHashes } from '../../plan/addons/config-hash.js';
import { deploymentRefs } from '../../plan/addons/deployed-by-rke.js';
import { networkAddonName } from '../../plan/addons/network-plugin.js';
import { objectRef } from '../../plan/addons/object-ref.js';
import { withoutScaledReplicas } from '../../plan/addons/scaled-workloads.js';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../../plan/cluster-plan-types.js';
import { carriesCluster, type ObservedCluster } from '../observed.js';
import type { Operation, OperationId } from '../operations.js';
import { awaitAddon } from './await-addon.js';
import { refKey, removedAddons, userKeys } from '../diff/removed-addons.js';
import { dnsProviders, dnsSuccessor } from './dns-successor.js';

/**
 * True if the cluster has the add-on as planned. A missing object makes it false, and our record counts only if RKE v1 has not
 * applied the add-on since. Without a record, the settings of the last finished run decide,
 * unless the hosts were wiped since: nobody has applied anything there.
 */
export function isAddonApplied(
  addon: AddonPlan,
  { addonsUnchanged = [] }: Pick<ClusterPlan, 'addonsUnchanged'>,
  observed: ObservedCluster,
): boolean {
  const { name, objects } = addon;
  const { kube } = observed;
  if (objects.length > 0 && kube?.missingObjects?.has(name) === true) return false;
  const record = kube?.appliedByRke?.has(name) === true ? undefined : kube?.addons.get(name);
  if (record === undefined) return addonsUnchanged.includes(name) && carriesCluster(observed);
  return record.hash === recordOf(addon).hash;
}

/**
 * Applies add-ons that differ from the plan, removes those that are no longer planned, and waits for those that are not
 * available.
 *
 * @param order `after`: the wait for the API server; `timeoutSeconds`: what an add-on gets to become available once a
 *   node is Ready
 */
export function addonOperations(
  plan: ClusterPlan,
  observed: ObservedCluster,
  order: {
    readonly after: OperationId;
    readonly timeoutSeconds: number;
    /** What else the network plugin is applied after. */
    readonly networkAfter?: readonly OperationId[] | undefined;
    /** Name of an add-on that is applied even if the cluster has it as planned. */
    readonly forced?: string | undefined;
  },
): Operation[] {
  const isApplied = (addon: AddonPlan): boolean =>
    addon.name !== order.forced && isAddonApplied(addon, plan, observed);
  const planned = plan.addons.flatMap((addon) => [
    ...apply(addon, isApplied(addon), {
      observed,
      after: order.after,
      others: userKeys(plan),
    }),
    ...(needsWait(addon, isApplied(addon), observed)
      ? [awaitAddon(addon, plan, { after: `apply:${addon.name}`, timeoutSeconds: order.timeoutSeconds })]
      : []),
  ]);
  const removed = removedAddons(plan, observed).map(({ name, objects }): Operation => {
    const successor = dnsProviders.has(name) ? dnsSuccessor(plan.addons) : undefined;
    return {
      id: `remove:${name}`,
      stage: 'add-ons',
      title: `remove ${name}`,
      after: [order.after, ...beforeRemoval(name, planned)],
      kind: 'remove-addon',
      name,
      objects,
      leftByRke: deploymentRefs(name),
      ...(successor === undefined ? {} : { successor }),
    };
  });
  return [...planned.map((one) => afterOldIngress(one, removed)), ...removed].map((one) =>
    one.kind === 'apply-addon' && one.name === networkAddonName
      ? { ...one, after: [...one.after, ...(order.networkAfter ?? [])] }
      : one,
  );
}

const ingressControllers = deployedNames('ingress');
const isOf = (names: ReadonlySet<string>, operation: Operation): boolean =>
  'name' in operation && names.has(operation.name);

/**
 * A DNS provider is removed when the new one is available. An ingress controller is removed when the new one is applied: its pods
 * wait for the ports of the nodes, and nothing is lost if the API server refuses the new objects.
 */
function beforeRemoval(name: string, planned: readonly Operation[]): OperationId[] {
  const first = dnsProviders.has(name)
    ? planned.filter((one) => isOf(dnsProviders, one))
    : planned.filter((one) => one.kind === 'apply-addon' && isOf(ingressControllers, one));
  return dnsProviders.has(name) || ingressControllers.has(name) ? first.map(({ id }) => id) : [];
}

/** The new ingress controller gets the ports when the old one is removed, so its time starts then. */
function afterOldIngress(operation: Operation, removed: readonly Operation[]): Operation {
  if (operation.kind !== 'await-addon' || !isOf(ingressControllers, operation)) return operation;
  const old = removed.filter((one) => isOf(ingressControllers, one)).map(({ id }) => id);
  return { ...operation, after: [...operation.after, ...old] };
}

function apply(
  addon: AddonPlan,
  isApplied: boolean,
  {
    observed,
    after,
    others,
  }: {
    readonly observed: ObservedCluster;
    readonly after: OperationId;
    /** Objects of others, by `refKey`. */
    readonly others: readonly string[];
  },
): Operation[] {
  if (isApplied) return [];
  const { name } = addon;
  if (addon.objects.length === 0)
    throw new InternalError(`no objects for add-on ${name}, which validation accepted`);
  const keep = new Set([...addon.objects.map((object) => refKey(objectRef(object))), ...others]);
  const isDropped = (ref: ObjectRef): boolean => !keep.has(refKey(ref));
  return [
    {
      id: `apply:${name}`,
      stage: 'add-ons',
      title: `apply ${name}`,
      after: [after],
      kind: 'apply-addon',
      name,
      objects: withConfigHashes(withoutScaledReplicas(addon.objects)),
      prune: uniqueRefs([
        ...(observed.kube?.addons.get(name)?.objects ?? []).filter(isDropped),
        ...(addon.absent ?? []),
      ]),
      leftByRke: deploymentRefs(name),
      record: recordOf(addon),
    },
  ];
}

function uniqueRefs(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()];
}

/** Waits for an add-on; not for one that only RKE v1 can create, which is never changed. */
function needsWait(
  { name, awaits, objects }: AddonPlan,
  isApplied: boolean,
  { kube }: ObservedCluster,
): boolean {
  const isAvailable = isApplied && kube?.unavailableAddons.has(name) === false;
  return !isAvailable && awaits.length > 0 && objects.length > 0;
}
