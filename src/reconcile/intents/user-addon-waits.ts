import { objectRef } from '../../plan/addons/object-ref.js';
import { objectKey } from '../../plan/addons/user/assemble-addons.js';
import type { UserAddon } from '../../plan/addons/user/user-addon.js';
import type { ClusterPlan, KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { recordAt } from '../../core/fields.js';
import type { ObservedCluster } from '../observed.js';
import { apiAnswers } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import { awaitAddon } from './await-addon.js';

/** Workloads of a user add-on that are to become available on this cluster. */
export function userWorkloads({ objects }: UserAddon): ObjectRef[] {
  return objects.flatMap(({ object }) => (isAwaited(object) ? [objectRef(object)] : []));
}

function isAwaited(object: KubeObject): boolean {
  if (!object.apiVersion.startsWith('apps/')) return false;
  if (object.kind === 'Deployment' || object.kind === 'StatefulSet') return true;
  if (object.kind !== 'DaemonSet') return false;
  // One for special nodes, such as those with a GPU, may have none to run on.
  const pod = recordAt(recordAt(recordAt(object, 'spec'), 'template'), 'spec');
  return pod['nodeSelector'] === undefined && recordAt(pod, 'affinity')['nodeAffinity'] === undefined;
}

/** True if a workload of the add-on exists and is not available. */
export function isUserAddonSick(addon: UserAddon, { kube }: ObservedCluster): boolean {
  const live = kube?.userAddons?.live;
  return userWorkloads(addon).some((ref) => live?.get(objectKey(ref))?.trouble !== undefined);
}

/** Waits for the workloads of user add-ons that are applied, or that are not available yet. */
export function userAddonWaits(
  plan: ClusterPlan,
  observed: ObservedCluster,
  {
    operations,
    timeoutSeconds,
  }: { readonly operations: readonly Operation[]; readonly timeoutSeconds: number },
): Operation[] {
  const applied = new Map(
    operations.flatMap((one) => (one.kind === 'apply-user-addon' ? [[one.name, one.id] as const] : [])),
  );
  return (plan.userAddons ?? []).flatMap((addon) => {
    const { name } = addon;
    const awaits = userWorkloads(addon);
    if (awaits.length === 0 || !(applied.has(name) || isUserAddonSick(addon, observed))) return [];
    return [awaitAddon({ name, awaits }, plan, { after: applied.get(name) ?? apiAnswers, timeoutSeconds })];
  });
}
