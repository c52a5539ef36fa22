import { usageError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { listedImages } from '../../versions/image-roles.js';

/** What is known of a version besides its name. */
export interface VersionMarks {
  readonly default: boolean;
  /** Its images can be pulled without a subscription. */
  readonly public: boolean;
  /** The nearest version whose images can be pulled, if its own cannot. */
  readonly instead?: string;
}

/** `rke config --system-images`: the images of a version by role. @throws RkeError (exit 2) for an unknown version */
export function listImages(version: string, catalog: VersionCatalog): ReadonlyMap<string, string> {
  const images = catalog.systemImages(version);
  if (images !== undefined) return listedImages(images);
  const meant = nearest(version, catalog.versions);
  throw usageError(
    `k8s version "${version}" is not supported${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    {
      fix: `use one of ${catalog.currentVersions.join(', ')}, or an older version of RKE's catalogue`,
    },
  );
}

/** What is known of a version of the catalogue. */
export function markVersion(version: string, catalog: VersionCatalog): VersionMarks {
  const isPublic = catalog.isPublic(version);
  const instead = isPublic ? undefined : catalog.publicInstead(version);
  return {
    default: version === catalog.defaultVersion,
    public: isPublic,
    ...(instead === undefined ? {} : { instead }),
  };
}
