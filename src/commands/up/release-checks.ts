import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';

/** Refuses releases that helm itself has installed: two programs would change the same objects. */
export function refuseHelmReleases({ userAddons = [] }: ClusterPlan, { kube }: ObservedCluster): Failure[] {
  const ofHelm = kube?.userAddons?.ofHelm ?? new Set();
  return userAddons.flatMap(({ name, key, release }) => {
    if (release === undefined || !ofHelm.has(name)) return [];
    const { name: of, namespace } = release;
    const error = kubeError(
      'HELM_RELEASE_EXISTS',
      `${key}: helm itself has installed release ${of} in namespace ${namespace}`,
      {
        fix:
          `remove it from addons_helm and leave it to helm; or hand it over: ` +
          `\`kubectl -n ${namespace} delete secret -l owner=helm,name=${of}\` makes helm forget it, and keeps its objects`,
      },
    );
    return [{ title: `apply ${name}`, error }];
  });
}

/** What has no effect in the charts that a run applies. */
export function listReleaseNotes(
  { userAddons = [] }: ClusterPlan,
  operations: readonly Operation[],
): string[] {
  const applied = new Set(operations.flatMap((one) => (one.kind === 'apply-user-addon' ? [one.name] : [])));
  return userAddons.flatMap(({ name, key, notes = [] }) =>
    applied.has(name) ? notes.map((note) => `${key}: ${note}`) : [],
  );
}
