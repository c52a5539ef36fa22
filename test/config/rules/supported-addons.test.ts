import { describe, expect, it } from 'vitest';
import { addonChoices } from '../../../src/config/addons/addon-definitions.js';
import { isSupported, suggestVersion } from '../../../src/config/rules/supported-addons.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { node } from '../judge.js';
import { withUnknownTemplates } from '../unknown-templates.js';
import { errorsOf, found } from './found.js';

const catalog = await loadCatalog();
const defaults = [
  ['network', 'canal'],
  ['dns', 'coredns'],
  ['ingress', 'nginx'],
  ['monitoring', 'metrics-server'],
] as const;

describe('an add-on for which RKE v1 has another template', () => {
  it.each([
    ['an older one', 'v1.17.5-rancher1-1', undefined, 'use Kubernetes v1.17.6-rancher2-1 or later'],
    ['a newer one', 'v1.33.1-rancher1-1', /^v1\.33/, 'use Kubernetes v1.31.1-rancher1-1'],
  ])('is not supported with %s', (_what, version, unknown, advice) => {
    const at = { version, catalog: withUnknownTemplates(catalog, unknown) };
    expect(isSupported('network', 'canal', at)).toBe(false);
    expect(suggestVersion('network', 'canal', at)).toBe(advice);
    expect(isSupported('network', 'none', at)).toBe(true);
  });
});

describe('Kubernetes from 1.16 on', () => {
  const old = catalog.versions.filter((version) => /^v1\.1[67]\./.test(version));

  it.each(old)('has the default add-ons of RKE v1 in %s', (version) => {
    for (const [area, name] of [...defaults, ['network', 'calico'] as const])
      expect(isSupported(area, name, { version, catalog }), `${area} ${name}`).toBe(true);
  });

  it('is refused with the first version that has a template, if it has none', () => {
    const text = `nodes: [${node()}]\nkubernetes_version: v1.16.8-rancher1-1\n`;
    expect(errorsOf(found(text))).toEqual([]);
    const refused = errorsOf(found(text, { catalog: withUnknownTemplates(catalog) }));
    expect(refused).toContainEqual(
      expect.stringMatching(
        /network\.plugin: canal \(default of RKE v1\) is not supported with Kubernetes v1\.16\.8-rancher1-1; in a new cluster, use Kubernetes v1\.17\.6-rancher2-1 or later; to take over/,
      ),
    );
  });
});

describe('Kubernetes before 1.16', () => {
  const file = (plugin: string): string =>
    `nodes: [${node()}]\nkubernetes_version: v1.15.12-rancher2-7\nnetwork: { plugin: ${plugin} }\n`;

  it.each(addonChoices('network'))('is refused once for a new cluster, with the plugin %s', (plugin) => {
    const refused = found(file(plugin)).filter((line) => /not supported/.test(line));
    expect(refused).toEqual([
      expect.stringMatching(
        /^error 2:\d+ kubernetes_version: v1\.15\.12-rancher2-7 is not supported in a new cluster: .*use v1\.\d+\.\S+; to take over a cluster that runs it, put its cluster\.rkestate beside cluster\.yml$/,
      ),
    ]);
  });
});
