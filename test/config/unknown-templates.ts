import type { VersionCatalog } from '../../src/versions/catalog.js';

const oldBuilds = /^v1\.(16\.|17\.[0-5]-)/;

/** The catalogue with a template that rke does not have for every add-on of the versions, those before 1.17.6 unless given. */
export function withUnknownTemplates(catalog: VersionCatalog, versions = oldBuilds): VersionCatalog {
  return {
    ...catalog,
    templateKey: (addon, version) =>
      versions.test(version) ? `${addon}-v99` : catalog.templateKey(addon, version),
  };
}
