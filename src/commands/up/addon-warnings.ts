import { kubeError, type RkeError } from '../../core/errors.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { describeKept, userAddonChanges, type PruneRules } from '../../reconcile/diff/user-addon-changes.js';
import { addonTroubles } from '../../reconcile/diff/removed-addons.js';

/**
 * Lists what is missing of the add-ons and cannot be created by this version.
 *
 * @throws RkeError ADDON_UNKNOWN (exit 7) if an add-on is to be removed and its objects are not known
 */
export function listAddonWarnings(plan: ClusterPlan, observed: ObservedCluster): string[] {
  const { absent, unknown } = addonTroubles(plan, observed);
  if (unknown.length > 0) throw unknownAddons(unknown.join(', '), observed);
  return absent.map(
    (what) => `missing in the cluster: ${what}; this version cannot create it: apply it with RKE v1`,
  );
}

/** Lists what left the user add-ons and is kept, because more would be deleted with it. */
export function listKeptObjects(plan: ClusterPlan, { kube }: ObservedCluster, rules: PruneRules): string[] {
  if (plan.userAddons === undefined || kube?.userAddons === undefined) return [];
  return userAddonChanges(plan, kube.userAddons, rules).flatMap(({ kept }) => kept.map(describeKept));
}

function unknownAddons(names: string, { kube }: ObservedCluster): RkeError {
  return kube === undefined
    ? kubeError(
        'ADDON_UNKNOWN',
        `cannot remove ${names}: RKE's manifests are in the cluster, and its API cannot be read`,
        { fix: 'fix the kube-apiserver first: run `rke up` with the add-ons as they were, then remove them' },
      )
    : kubeError(
        'ADDON_UNKNOWN',
        `cannot remove ${names}: RKE's manifests (ConfigMaps of the same names in kube-system) are missing or invalid`,
        {
          fix: 'restore the setting in cluster.yml, or create an empty ConfigMap of that name and key and delete the objects with kubectl',
        },
      );
}
