import { stableStringify } from '../core/stable.js';
import type { ClusterSpec } from './cluster-spec.js';

/** What add-ons are made of: the blocks of cluster.yml that have any. */
export type AddonArea = 'authorization' | 'network' | 'dns' | 'monitoring' | 'ingress' | 'addons';

const images: Readonly<Record<AddonArea, RegExp | undefined>> = {
  authorization: undefined,
  network: /^(flannel|calico|canal|weave|aci)/,
  dns: /^(kubedns|dnsmasq|coredns|nodelocal)/,
  monitoring: /^metrics/,
  ingress: /^ingress/,
  addons: undefined,
};

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
  const isOfArea = images[area];
  return stableStringify({
    own: area === 'addons' ? [spec.addons, spec.addonsInclude] : spec[area],
    // Manifests are chosen by version, and hold addresses and the domain of the cluster.
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
      .filter(([role]) => isOfArea?.test(role) === true)
      .sort(),
  });
}
