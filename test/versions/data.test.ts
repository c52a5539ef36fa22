import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import type { CatalogData } from '../../src/versions/catalog-data.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { compareVersions } from '../../src/versions/compare-versions.js';
import { isBuildWithin } from '../../src/versions/kubernetes-version.js';
import { makeCatalogue, parts } from '../tools/catalogue.js';

const dataFolder = fileURLToPath(new URL('../../src/versions/data', import.meta.url));

let catalog: VersionCatalog;
let folder: string;
beforeAll(async () => {
  catalog = await loadCatalog();
  folder = await mkdtemp(join(tmpdir(), 'rke-catalogue-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the built-in catalogue', () => {
  it('contains the versions of RKE 1.6 and 1.31, oldest first', () => {
    expect(catalog.versions).toHaveLength(303);
    expect([catalog.versions[0], catalog.versions.at(-1)]).toEqual([
      'v1.8.11-rancher2-1',
      'v1.31.1-rancher1-1',
    ]);
    expect(catalog.versions).toEqual(catalog.versions.toSorted(compareVersions));
  });

  it('has the default of RKE 1.6, whose images are public', () => {
    expect(catalog.defaultVersion).toBe('v1.30.5-rancher1-1');
    expect(catalog.isPublic(catalog.defaultVersion)).toBe(true);
  });

  it('lists the newest of each minor that RKE 1.6 lists', () => {
    expect(catalog.currentVersions).toEqual([
      'v1.31.1-rancher1-1',
      'v1.30.5-rancher1-1',
      'v1.29.9-rancher1-1',
      'v1.28.14-rancher1-1',
      'v1.27.16-rancher1-1',
    ]);
  });

  it('contains the required images of every version', () => {
    const roles = ['etcd', 'kubernetes', 'podInfraContainer', 'alpine', 'nginxProxy', 'certDownloader'];
    const lacking = catalog.versions.filter((version) => {
      const images = catalog.systemImages(version) ?? {};
      return [...roles, 'kubernetesServicesSidecar'].some((role) => !/^[^:]+:.+$/.test(images[role] ?? ''));
    });
    expect(lacking).toEqual([]);
  });

  it('contains the Kubernetes image of exactly each version', () => {
    const wrong = catalog.versions.filter((version) => {
      const tag = catalog.systemImages(version)?.['kubernetes']?.split(':').at(-1) ?? '';
      return !version.startsWith(tag);
    });
    expect(wrong).toEqual([]);
  });

  it('contains options of every component for every version except 1.8', () => {
    const lacking = catalog.versions.filter((version) => {
      const options = catalog.serviceOptions(version);
      return options === undefined || Object.keys(options.kubeapi).length === 0;
    });
    expect(lacking).toEqual(['v1.8.11-rancher2-1']);
  });

  it('contains Windows options from 1.15', () => {
    const isWithout = (version: string): boolean =>
      catalog.serviceOptions(version, { os: 'windows' }) === undefined;
    expect(catalog.versions.filter(isWithout)).toEqual(
      catalog.versions.filter((version) => compareVersions(version, 'v1.15') < 0),
    );
  });

  it.each([
    ['v1.26.15-rancher1-1', '25.0.x'],
    ['v1.30.5-rancher1-1', '27.2.x'],
    ['v1.8.11-rancher2-1', '17.03.x'],
  ])('has the Docker versions of %s, the last of which is %s', (version, last) => {
    expect(catalog.dockerVersions(version).at(-1)).toBe(last);
  });

  it('contains Docker versions for every version', () => {
    const malformed = catalog.versions.filter(
      (version) =>
        catalog.dockerVersions(version).length === 0 ||
        catalog.dockerVersions(version).some((range) => !/^\d+\.\d+\.x$/.test(range)),
    );
    expect(malformed).toEqual([]);
  });

  it.each([
    ['canal', 'v1.30.5-rancher1-1', 'canal-v3.28.1'],
    ['canal', 'v1.26.15-rancher1-1', 'canal-v3.26.1-rancher2'],
    ['flannel', 'v1.28.14-rancher1-1', 'flannel-v0.24.2'],
    ['coreDNS', 'v1.26.15-rancher1-1', 'coredns-v1.8.3-rancher2'],
    ['coreDNS', 'v1.27.16-rancher1-1', 'coredns-v1.8.3-rancher3'],
    ['metricsServer', 'v1.27.16-rancher1-1', 'metricsserver-v0.6.1'],
    ['nginxIngress', 'v1.30.5-rancher1-1', 'nginxingress-v1.11.2-rancher2'],
    ['aci', 'v1.30.5-rancher1-1', 'aci-v6.1.1.1'],
  ])('chooses the template of %s for %s: %s', (addon, version, key) => {
    expect(catalog.templateKey(addon, version)).toBe(key);
  });

  it('has template ranges that do not overlap, so that their order does not matter', async () => {
    const text = await readFile(join(dataFolder, 'template-choice.json'), 'utf8');
    const addons = Object.entries(JSON.parse(text) as CatalogData['templateChoice']);
    expect(addons).toHaveLength(10);
    const several = addons.flatMap(([addon, ranges]) =>
      catalog.versions
        .filter((version) => Object.keys(ranges).filter((range) => isBuildWithin(version, range)).length > 1)
        .map((version) => `${addon} ${version}`),
    );
    expect(several).toEqual([]);
  });
});

describe('npm run catalogue', () => {
  const read = async (from: string): Promise<string[]> =>
    Promise.all(Object.keys(parts).map((name) => readFile(join(from, `${name}.json`), 'utf8')));

  it('reproduces the data files', async () => {
    await makeCatalogue(dataFolder, join(folder, 'of-parts'));
    expect(await read(join(folder, 'of-parts'))).toEqual(await read(dataFolder));
  });

  it("creates the same files from RKE's data.json", async () => {
    const source = join(folder, 'data.json');
    const members = Object.entries(parts).map(
      async ([name, { key }]) =>
        [key, JSON.parse(await readFile(join(dataFolder, `${name}.json`), 'utf8'))] as const,
    );
    await writeFile(source, JSON.stringify(Object.fromEntries(await Promise.all(members))));
    expect(await makeCatalogue(source, join(folder, 'of-data'))).toBe(303);
    expect(await read(join(folder, 'of-data'))).toEqual(await read(dataFolder));
  });

  it('explains why it rejects another file', async () => {
    await writeFile(join(folder, 'other.json'), '{"K8sVersionRKESystemImages": {}}');
    await expect(makeCatalogue(join(folder, 'other.json'), folder)).rejects.toThrow(
      /contains no catalogue: K8sVersion\w+ is missing/,
    );
  });
});
