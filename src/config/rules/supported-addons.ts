import type { VersionCatalog } from '../../versions/catalog.js';
import { compareVersions } from '../../versions/compare-versions.js';
import { findDefinition } from '../addons/addon-definitions.js';
import { isMadeFor, madeVersions } from '../addons/made-versions.js';

/** Kinds of add-ons that cluster.yml chooses by name. */
export const areas = ['network', 'dns', 'ingress', 'monitoring'] as const;
export type ChosenArea = (typeof areas)[number];

export interface AtVersion {
  /** Of Kubernetes. */
  readonly version: string;
  readonly catalog: VersionCatalog;
}

/** True if rke can apply the add-on to a cluster of the version, and for `none`. */
export function isSupported(area: ChosenArea, name: string, { version, catalog }: AtVersion): boolean {
  const definition = findDefinition(area, name);
  return definition === undefined || isMadeFor(definition, version, catalog);
}

/** Which version a new cluster can have with an add-on that this one cannot have. */
export function suggestVersion(area: ChosenArea, name: string, { version, catalog }: AtVersion): string {
  const definition = findDefinition(area, name);
  const made = definition && madeVersions(definition, catalog);
  if (made === undefined) return 'choose another one';
  return compareVersions(version, made.first) < 0
    ? `use Kubernetes ${made.first} or later`
    : `use Kubernetes ${made.last}`;
}
