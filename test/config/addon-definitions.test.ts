import { describe, expect, it } from 'vitest';
import { addonDefinitions, definitionsOf, defaultChoice } from '../../src/config/addons/addon-definitions.js';
import { addonKinds } from '../../src/config/addons/chosen-addons.js';
import type { AddonDefinition, AddonKind } from '../../src/config/addons/addon-definition.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { imageRoles } from '../../src/versions/image-roles.js';
import { isAtLeast } from '../../src/versions/kubernetes-version.js';

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

  it.each(all.flatMap(({ name, templates }) => (templates === undefined ? [] : [{ name, templates }])))(
    '$name names the template of every version from Kubernetes 1.16 on',
    ({ templates: { of, made } }) => {
      const used = catalog.versions
        .filter((version) => isAtLeast(version, '1.16'))
        .flatMap((version) => catalog.templateKey(of, version) ?? []);
      expect(used.filter((key) => !made.includes(key))).toEqual([]);
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

  it('is unique', () => {
    for (const version of catalog.versions)
      for (const kind of kinds)
        expect(
          definitionsOf(kind).filter(({ isDefault }) => isDefault?.(version) === true).length,
        ).toBeLessThan(2);
  });
});
