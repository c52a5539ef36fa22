import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { NetworkChange } from '../cluster-plan-types.js';
import { networkAddonName } from './network-plugin.js';
import { objectRef } from './object-ref.js';
import { planAddons, type TemplateChoice } from './plan-addons.js';

/** @param earlier configurations of earlier runs, finished or not */
export function planNetworkChange(
  spec: ClusterSpec,
  earlier: readonly ClusterSpec[],
  templates: TemplateChoice,
): NetworkChange {
  return {
    to: spec.network.plugin,
    earlier: earlier.map((one) => ({
      plugin: one.network.plugin,
      objects: planAddons(one, templates)
        .filter(({ name }) => name === networkAddonName)
        .flatMap(({ objects }) => objects.map(objectRef)),
    })),
    podRanges: spec.services.kubeController.clusterCidr.split(',').filter((range) => range !== ''),
  };
}
