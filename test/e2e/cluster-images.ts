import { labImages } from '../lab/images/images.js';

/** Images that no cluster with flannel uses. */
const ofCanal = /\/(mirrored-)?calico-/;

/** The images for nodes that have everything preloaded, by the cluster's Kubernetes version, e.g. `v1.30.4`. */
export function clusterImages(version: string, network: 'flannel' | 'canal' = 'flannel'): string[] {
  const isOther = (ref: string): boolean =>
    (ref.includes('/hyperkube:') && !ref.includes(`:${version}-`)) ||
    (network === 'flannel' && ofCanal.test(ref));
  return labImages.flatMap(({ refs }) => refs).filter((ref) => !isOther(ref));
}
