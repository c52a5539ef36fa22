import type { VersionCatalog } from '../../versions/catalog.js';
import type { AddonDefinition } from './addon-definition.js';

type Catalog = Pick<VersionCatalog, 'templateKey' | 'versions'>;

/** @param template key of the template with which RKE deploys the add-on, undefined if it has none for the version */
export function isMadeTemplate({ templates }: AddonDefinition, template: string | undefined): boolean {
  return templates === undefined || (template !== undefined && templates.made.includes(template));
}

/** True if the objects of the add-on are made for the version. */
export function isMadeFor(
  definition: AddonDefinition,
  version: string,
  { templateKey }: Pick<Catalog, 'templateKey'>,
): boolean {
  return isMadeTemplate(definition, definition.templates && templateKey(definition.templates.of, version));
}

/** The newest versions for which an add-on is made, without a gap. @returns undefined if there is none */
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
