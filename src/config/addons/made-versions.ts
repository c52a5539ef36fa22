import type { VersionCatalog } from '../../versions/catalog.js';
import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { AddonDefinition } from './addon-definition.js';

type Catalog = Pick<VersionCatalog, 'templateKey' | 'versions'>;

/** The first minor whose API server has server-side apply, by which add-ons are applied. */
export const oldestMinor = '1.16';

/** True if the objects of the add-on are made for the version. */
export function isMadeFor(
  { templates }: AddonDefinition,
  version: string,
  { templateKey }: Pick<Catalog, 'templateKey'>,
): boolean {
  if (!isAtLeast(version, oldestMinor)) return false;
  if (templates === undefined) return true;
  const template = templateKey(templates.of, version);
  return template !== undefined && templates.made.includes(template);
}

/** The newest versions for which an add-on is made, without a gap. @returns undefined if it is made for no version */
export function madeVersions(
  definition: AddonDefinition,
  catalog: Catalog,
): { readonly first: string; readonly last: string } | undefined {
  const isMade = catalog.versions.map((version) => isMadeFor(definition, version, catalog));
  const last = isMade.lastIndexOf(true);
  const first = isMade.lastIndexOf(false, last) + 1;
  const [oldest, newest] = [catalog.versions[first], catalog.versions[last]];
  return oldest === undefined || newest === undefined ? undefined : { first: oldest, last: newest };
}
