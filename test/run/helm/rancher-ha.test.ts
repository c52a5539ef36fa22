import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { HelmReleaseSpec } from '../../../src/config/cluster-spec.js';
import { loadCluster } from '../../../src/config/validate.js';
import { readHelmReleases } from '../../../src/run/addons/read-helm-releases.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { chartFixture, fakeHelm, realHelm } from './fake-helm.js';

const configPath = new URL('../../../examples/rancher-ha/cluster.yml', import.meta.url).pathname;
const { signal } = new AbortController();

async function readExample() {
  const text = await readFile(configPath, 'utf8');
  const loaded = loadCluster(text, { catalog: await loadCatalog(), forChange: true });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.value;
}

/** A release with a chart of the tests in the place of the published one. */
const withFixture = ({ name, namespace, values = {} }: HelmReleaseSpec): HelmReleaseSpec => ({
  name,
  namespace,
  path: chartFixture,
  values,
});

describe('examples/rancher-ha', () => {
  it.skipIf(realHelm === undefined)('is rendered by the real helm, release by release', async () => {
    const { addonsHelm = [], kubernetesVersion } = await readExample();
    const { addons, diagnostics } = await readHelmReleases(
      { addonsHelm: addonsHelm.map(withFixture), kubernetesVersion },
      { configPath, signal, fetchesUrls: true, helm: { program: realHelm } },
    );
    expect(diagnostics).toEqual([]);
    expect(addons.map(({ name, key }) => [name, key])).toEqual([
      ['helm.cert-manager.cert-manager', 'addons_helm[0]'],
      ['helm.cattle-system.rancher', 'addons_helm[1]'],
    ]);
    for (const { objects, release } of addons) {
      expect(objects.map(({ object }) => object.kind).toSorted()).toEqual([
        'ConfigMap',
        'ConfigMap',
        'CustomResourceDefinition',
        'Secret',
        'Widget',
      ]);
      expect(objects.flatMap(({ object, generatedFrom }) => (generatedFrom ? [object.kind] : []))).toEqual([
        'Secret',
      ]);
      expect(release?.hooks).toHaveLength(2);
    }
  });

  it('names every release that cannot be rendered, without a network as a warning', async () => {
    const { program } = await fakeHelm('echo "Error: no such host" >&2; exit 1');
    const spec = await readExample();
    const online = await readHelmReleases(spec, { configPath, signal, fetchesUrls: true, helm: { program } });
    expect(online.diagnostics.map(({ severity, path, message }) => `${severity} ${path} ${message}`)).toEqual(
      [
        'error addons_helm[0] release cert-manager in cert-manager cannot be rendered: no such host',
        'error addons_helm[1] release rancher in cattle-system cannot be rendered: no such host',
      ],
    );
    const offline = await readHelmReleases(spec, {
      configPath,
      signal,
      fetchesUrls: false,
      helm: { program: '/nowhere/helm' },
    });
    expect(offline.diagnostics).toMatchObject([{ severity: 'warning', path: 'addons_helm' }]);
  });
});
