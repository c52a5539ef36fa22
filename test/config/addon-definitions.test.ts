import { describe, expect, it } from 'vitest';
import {
  addonDefinitions,
  definitionsOf,
  defaultChoice,
  madeChoice,
} from '../../src/config/addons/addon-definitions.js';
import { addonKinds } from '../../src/config/addons/chosen-addons.js';
import type { AddonDefinition, AddonKind } from '../../src/config/addons/addon-definition.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { imageRoles } from '../../src/versions/image-roles.js';

const catalog = await loadCatalog();
const kinds = Object.keys(addonKinds) as AddonKind[];
const all: readonly AddonDefinition[] = addonDefinitions;

describe('an add-on definition', () => {
  it.each(all)('$name names images that system_images has, each for one add-on', ({ images }) => {
    const known = new Set(imageRoles.map(({ json }) => json));
    expect(images.filter(({ role }) => !known.has(role))).toEqual([]);
    for (const { role } of images)
      expect(all.filter((one) => one.images.some((image) => image.role === role))).toHaveLength(1);
  });

  it.each(all.flatMap(({ name, template }) => (template === undefined ? [] : [{ name, template }])))(
    '$name has a template in the catalogue',
    ({ template }) => {
      expect(catalog.versions.some((version) => catalog.templateKey(template, version) !== undefined)).toBe(
        true,
      );
    },
  );

  it.each(all)('$name requires what its provider block sets', ({ requirements = [], providerBlock }) => {
    const options = providerBlock?.resolve({}, { isPlugin: true }).options ?? {};
    const unknown = requirements.filter(({ option }) => option !== undefined && !(option in options));
    expect(unknown).toEqual([]);
    expect(requirements.every(({ option, member }) => (option ?? member) !== undefined)).toBe(true);
  });
});

describe('the default add-on of a kind', () => {
  it('is the same as in RKE v1', () => {
    const ofKind = (kind: AddonKind): string => defaultChoice(kind, catalog.defaultVersion);
    expect(Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)]))).toEqual({
      network: 'canal',
      dns: 'coredns',
      nodelocal: 'none',
      monitoring: 'metrics-server',
      ingress: 'nginx',
    });
    expect(defaultChoice('dns', 'v1.13.12-rancher1-1')).toBe('kube-dns');
    expect(defaultChoice('dns', 'v1.14.10-rancher1-1')).toBe('coredns');
  });

  it.each(kinds)(
    'of %s is replaced, for a new cluster, by the first that rke has for the version',
    (kind) => {
      const standard = defaultChoice(kind, catalog.defaultVersion);
      expect(madeChoice(kind, catalog.defaultVersion, () => true)).toBe(standard);
      expect(madeChoice(kind, catalog.defaultVersion, () => false)).toBe('none');
      const [first] = definitionsOf(kind).filter(({ name }) => name !== standard);
      if (first !== undefined)
        expect(madeChoice(kind, catalog.defaultVersion, (name) => name !== standard)).toBe(first.name);
    },
  );

  it('is unique', () => {
    for (const version of catalog.versions)
      for (const kind of kinds)
        expect(
          definitionsOf(kind).filter(({ isDefault }) => isDefault?.(version) === true).length,
        ).toBeLessThan(2);
  });
});
