import { describe, expect, it } from 'vitest';
import { addonChoices } from '../../../src/config/addons/addon-definitions.js';
import { isSupported, suggestVersion } from '../../../src/config/rules/supported-addons.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { node } from '../judge.js';
import { found } from './found.js';

const catalog = await loadCatalog();

describe('an add-on for which RKE v1 has another template', () => {
  it.each([
    ['an older one', 'v1.17.5-rancher1-1', 'use Kubernetes v1.17.6-rancher2-1 or later'],
    ['a newer one', 'v1.33.1-rancher1-1', 'use Kubernetes v1.31.1-rancher1-1'],
  ])('is not supported with %s', (_what, version, advice) => {
    const newer = {
      ...catalog,
      templateKey: (addon: string, at: string) =>
        at.startsWith('v1.33') ? `${addon}-v99` : catalog.templateKey(addon, at),
    };
    const at = { version, catalog: newer };
    expect(isSupported('network', 'canal', at)).toBe(false);
    expect(suggestVersion('network', 'canal', at)).toBe(advice);
    expect(isSupported('network', 'none', at)).toBe(true);
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
