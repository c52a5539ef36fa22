import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { addonChoices } from '../../src/config/addons/addon-definitions.js';
import { planAddons } from '../../src/plan/addons/plan-addons.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { isAtLeast } from '../../src/versions/kubernetes-version.js';
import { ownAddonVectors } from './addons/addon-vector.js';
import { addonFaults } from './offline-share.js';
import { ownVectors, readVector, vectorNames } from './vector.js';

const catalog = await loadCatalog();

/** The oldest minor whose add-ons are made: before it, there is no server-side apply. */
const oldest = '1.16';

describe('every add-on of a cluster file that RKE v1 accepts is planned', () => {
  const files = [ownVectors, ownAddonVectors].flatMap((folder) =>
    vectorNames(folder)
      .filter((name) => {
        const { ok, version } = readVector(name, folder);
        return ok && isAtLeast(version, oldest);
      })
      .map((name) => [name, folder] as const),
  );

  it('in more than 200 files', () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it.each(files)('in %s', (name, folder) => {
    expect(addonFaults(folder, name, catalog)).toEqual([]);
  });
});

describe('a choice of add-ons that rke accepts for a new cluster has objects', () => {
  const off = {
    network: 'network: {plugin: none}\n',
    dns: 'dns: {provider: none}\n',
    ingress: 'ingress: {provider: none}\n',
    monitoring: 'monitoring: {provider: none}\n',
  };
  const choices = [
    ...addonChoices('network').map((name) => ({ ...off, network: `network: {plugin: ${name}}\n` })),
    ...addonChoices('dns').map((name) => ({ ...off, dns: `dns: {provider: ${name}}\n` })),
    ...addonChoices('ingress').map((name) => ({ ...off, ingress: `ingress: {provider: ${name}}\n` })),
    { ...off, dns: 'dns: {nodelocal: {ip_address: 169.254.20.10}}\n' },
    { ...off, monitoring: '' },
  ];
  const node = 'nodes: [{address: 10.0.0.1, user: ops, role: [etcd, controlplane, worker]}]\n';
  /** One build of each minor with each set of templates. */
  const versions = catalog.versions.filter((version, index, all) => {
    const templatesOf = (one: string): string =>
      [
        'canal',
        'calico',
        'flannel',
        'weave',
        'coreDNS',
        'kubeDNS',
        'nodelocal',
        'metricsServer',
        'nginxIngress',
      ]
        .map(
          (name) =>
            `${catalog.templateKey(name, one) ?? ''} ${Object.keys(catalog.systemImages(one) ?? {}).length}`,
        )
        .join();
    return index === 0 || templatesOf(version) !== templatesOf(all[index - 1] ?? '');
  });

  it.each(versions)('with Kubernetes %s', (version) => {
    for (const choice of choices) {
      const text = `${node}kubernetes_version: ${version}\n${Object.values(choice).join('')}`;
      const loaded = loadCluster(text, { catalog, forChange: true });
      if (!loaded.ok) continue;
      const empty = planAddons(loaded.value, catalog).filter(({ objects }) => objects.length === 0);
      expect(empty, text).toEqual([]);
    }
  });
});
