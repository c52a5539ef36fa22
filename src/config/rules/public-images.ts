import { isGatedImage } from '../../versions/selection.js';
import { warning, type Rule } from './rule.js';

/**
 * A version whose default images only customers of its maker can pull. Images of one's own, or a registry of one's own,
 * make it usable.
 */
export const publicImageRules: Rule = ({ spec, catalog }) => {
  const { kubernetesVersion: version } = spec;
  const gated = Object.values(spec.systemImages).find(isGatedImage);
  if (catalog.isPublic(version) || gated === undefined) return [];
  const instead = catalog.publicInstead(version);
  const advice =
    instead === undefined ? 'mirror its images' : `take ${instead} instead, or mirror its images`;
  return [
    warning(
      'gated-images',
      'kubernetes_version',
      `the images of ${version} (${gated}) cannot be pulled by the public; ${advice} to a registry of yours that is_default`,
    ),
  ];
};
