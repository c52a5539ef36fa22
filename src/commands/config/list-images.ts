import { usageError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { listedImages } from '../../versions/image-roles.js';

/** Properties of a version in the catalogue. */
export interface VersionMarks {
  readonly default: boolean;
  /** True if its images can be pulled without a subscription. */
  readonly public: boolean;
  /** The nearest version with public images, if its own are not public. */
  readonly instead?: string;
}

/** `rke config --system-images`: lists the images of a version by role, after those of RKE those of our own add-ons. @throws RkeError (exit 2) for an unknown version */
export function listImages(version: string, catalog: VersionCatalog): ReadonlyMap<string, string> {
  const images = catalog.systemImages(version);
  if (images !== undefined) return listedImages({ ...images, ...catalog.ownImages(version) });
  const similar = nearest(version, catalog.versions);
  throw usageError(
    `unsupported Kubernetes version "${version}"${similar === undefined ? '' : `; did you mean "${similar}"?`}`,
    {
      fix: `use one of ${catalog.currentVersions.join(', ')}, or an older version of RKE's catalogue`,
    },
  );
}

/** `rke config --list-version`: the properties of a version of the catalogue. */
export function markVersion(version: string, catalog: VersionCatalog): VersionMarks {
  const isPublic = catalog.isPublic(version);
  const instead = isPublic ? undefined : catalog.publicInstead(version);
  return {
    default: version === catalog.defaultVersion,
    public: isPublic,
    ...(instead === undefined ? {} : { instead }),
  };
}
