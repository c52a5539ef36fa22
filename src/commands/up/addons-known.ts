import { kubeError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { addonTroubles } from '../../reconcile/diff/removed-addons.js';

/**
 * Reports what of the add-ons is missing and cannot be made here.
 *
 * @throws RkeError ADDON_UNKNOWN (exit 7) if an add-on is to be removed and what belongs to it is not known
 */
export function checkAddons(plan: ClusterPlan, observed: ObservedCluster, events: EventSink): void {
  const { absent, unknown } = addonTroubles(plan, observed);
  for (const what of absent)
    events.emit({
      type: 'warning',
      message: `missing in the cluster: ${what}; this version cannot make it: apply it with RKE v1, or choose a supported one`,
    });
  if (unknown.length === 0) return;
  const names = unknown.join(', ');
  if (observed.kube === undefined)
    throw kubeError(
      'ADDON_UNKNOWN',
      `cannot remove ${names}: RKE's manifests are in the cluster, and its API cannot be read`,
      { fix: 'fix the kube-apiserver first: run `rke up` with the add-ons as they were, then remove them' },
    );
  throw kubeError(
    'ADDON_UNKNOWN',
    `cannot remove ${names}: RKE's manifests (ConfigMaps of the same names in kube-system) are missing or invalid`,
    {
      fix: 'restore the setting in cluster.yml, or create an empty ConfigMap of that name and key and delete the objects with kubectl',
    },
  );
}
