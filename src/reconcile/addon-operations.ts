import { InternalError } from '../core/errors.js';
import { recordOf } from '../plan/addons/addon-record.js';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../plan/cluster-plan-types.js';
import type { ObservedCluster } from './observed.js';
import type { Operation, OperationId } from './operations.js';

/** Does the cluster's own record say that this very add-on was applied; without one, does the cluster run with its settings. */
export function isAddonApplied(addon: AddonPlan, observed: ObservedCluster): boolean {
  const record = observed.kube?.addons.get(addon.name);
  return record === undefined ? addon.isRunning : record.hash === recordOf(addon).hash;
}

/**
 * Applies add-ons that differ from their record, removes recorded ones that are no longer planned, and waits for those
 * that are not available.
 *
 * @param order `after`: the wait for the API server; `timeoutSeconds`: what an add-on gets to become available once a
 *   node is Ready
 */
export function addonOperations(
  plan: ClusterPlan,
  observed: ObservedCluster,
  order: { readonly after: OperationId; readonly timeoutSeconds: number },
): Operation[] {
  const readyIds = plan.nodes.map(({ node }) => `ready@${node.address}`);
  const planned = plan.addons.flatMap((addon) => [
    ...apply(addon, observed, order.after),
    ...awaitAvailable(addon, observed, { readyIds, timeoutSeconds: order.timeoutSeconds }),
  ]);
  const names = new Set(plan.addons.map(({ name }) => name));
  const gone = [...(observed.kube?.addons ?? [])].filter(([name]) => !names.has(name));
  const removed = gone.map(([name, { objects }]): Operation => ({
    id: `remove:${name}`,
    stage: 'add-ons',
    title: `remove ${name}`,
    after: [order.after],
    kind: 'remove-addon',
    name,
    objects,
  }));
  return [...planned, ...removed];
}

function apply(addon: AddonPlan, observed: ObservedCluster, after: OperationId): Operation[] {
  if (isAddonApplied(addon, observed)) return [];
  const { name } = addon;
  if (addon.objects.length === 0) throw new InternalError(`${name} cannot be made and got past validation`);
  const keep = new Set(recordOf(addon).objects.map(refKey));
  const prune = (observed.kube?.addons.get(name)?.objects ?? []).filter(
    (object) => !keep.has(refKey(object)),
  );
  return [
    {
      id: `apply:${name}`,
      stage: 'add-ons',
      title: `apply ${name}`,
      after: [after],
      kind: 'apply-addon',
      addon,
      prune,
    },
  ];
}

function awaitAvailable(
  addon: AddonPlan,
  observed: ObservedCluster,
  { readyIds, timeoutSeconds }: { readyIds: readonly OperationId[]; timeoutSeconds: number },
): Operation[] {
  const { name, awaits } = addon;
  const isAvailable = isAddonApplied(addon, observed) && observed.kube?.unavailableAddons.has(name) === false;
  if (isAvailable || awaits.length === 0) return [];
  return [
    {
      id: `available:${name}`,
      stage: 'add-ons',
      title: `${name} available`,
      after: [`apply:${name}`],
      // Its pods need a node; the time it is given starts when there is one.
      afterSome: { of: readyIds, need: 1 },
      kind: 'await-addon',
      name,
      awaits,
      timeoutSeconds,
    },
  ];
}

function refKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}
