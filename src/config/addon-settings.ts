import { stableStringify } from '../core/stable.js';
import { addonDefinitions } from './addons/addon-definitions.js';
import { addonKinds } from './addons/chosen-addons.js';
import type { ClusterSpec } from './cluster-spec.js';

/** What add-ons are made of: the blocks of cluster.yml that have any. */
export type AddonArea = 'authorization' | 'network' | 'dns' | 'monitoring' | 'ingress' | 'addons';

/**
 * Does a cluster run with the very settings that the add-on of an area is made of. Then it is left alone, whoever applied it:
 * RKE's own objects are not replaced by ours without need.
 *
 * @param running the configuration of the last run that finished; undefined for a cluster that has none
 */
export function isAreaRunning(area: AddonArea, spec: ClusterSpec, running: ClusterSpec | undefined): boolean {
  return running !== undefined && settings(area, spec) === settings(area, running);
}

function settings(area: AddonArea, spec: ClusterSpec): string {
  const { kubernetesVersion, services, systemImages } = spec;
  const roles = imageRolesOf(area);
  return stableStringify({
    own: ownSettings(area, spec),
    // Manifests are chosen by version, and contain addresses and the domain of the cluster.
    kubernetesVersion: area === 'addons' || area === 'authorization' ? undefined : kubernetesVersion,
    addresses:
      area === 'network' || area === 'dns'
        ? [
            services.kubeController.clusterCidr,
            services.kubelet.clusterDomain,
            services.kubelet.clusterDnsServer,
          ]
        : undefined,
    images: Object.entries(systemImages)
      .filter(([role]) => roles.has(role))
      .sort(),
  });
}

function ownSettings(area: AddonArea, spec: ClusterSpec): unknown {
  if (area === 'addons') return [spec.addons, spec.addonsInclude];
  if (area !== 'ingress') return spec[area];
  const { extraArgs = {}, ...others } = spec.ingress;
  // RKE adds it when it deploys ingress-nginx (cluster/addons.go:650), so its state may have it although cluster.yml has not.
  const given = Object.entries(extraArgs).filter(
    ([name, value]) => name !== 'watch-ingress-without-class' || value !== 'true',
  );
  return { ...others, extraArgs: Object.fromEntries(given) };
}

/** Roles of the images of all add-ons that the area can have. */
export function imageRolesOf(area: AddonArea): ReadonlySet<string> {
  const ofArea = addonDefinitions.filter(({ kind }) => addonKinds[kind].block === area);
  return new Set(ofArea.flatMap(({ images }) => images.map(({ role }) => role)));
}
