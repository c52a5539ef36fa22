import type { ClusterSpec } from '../../config/cluster-spec.js';
import { InternalError } from '../../core/errors.js';

/**
 * Image of a role, e.g. `flannelCni`.
 *
 * @throws InternalError if the resolved cluster has none: resolving takes all from the version catalogue
 */
export function systemImage({ systemImages }: ClusterSpec, role: string): string {
  const image = systemImages[role];
  if (image === undefined || image === '') throw new InternalError(`no image for ${role}`);
  return image;
}
