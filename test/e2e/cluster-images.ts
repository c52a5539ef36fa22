import { labImages } from '../lab/images/images.js';

/** The images for nodes that have everything preloaded, by the cluster's Kubernetes version, e.g. `v1.30.4`. */
export function clusterImages(version: string): string[] {
  const isOther = (ref: string): boolean => ref.includes('/hyperkube:') && !ref.includes(`:${version}-`);
  return labImages.flatMap(({ refs }) => refs).filter((ref) => !isOther(ref));
}
