import { isBuildWithin } from './kubernetes-version.js';

/** Images of add-ons that RKE v1 does not have: by role, then by range of Kubernetes builds. */
export type OwnImages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Images for a version by role; a role that has none for it is left out. */
export function ownImagesOf(data: OwnImages, version: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([role, images]) => {
      const found = Object.entries(images).find(([range]) => isBuildWithin(version, range))?.[1];
      return found === undefined ? [] : [[role, found]];
    }),
  );
}
