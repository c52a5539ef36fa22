import { describe, expect, it } from 'vitest';
import { createCatalog, type VersionCatalog } from '../../src/versions/catalog.js';
import { readMetadata } from '../../src/versions/metadata.js';
import { dataJson, images } from './data-json.js';

function catalogOf(changes: Readonly<Record<string, unknown>> = {}): VersionCatalog {
  const reading = readMetadata(dataJson(changes));
  if (!reading.ok) throw new Error(reading.why);
  return createCatalog(reading.data);
}

describe("RKE's data.json", () => {
  it('is read without the data for other products', () => {
    expect(readMetadata(dataJson())).toMatchObject({
      ok: true,
      data: {
        defaultVersions: { default: 'v1.30.5-rancher1-1' },
        versionInfo: { 'v1.30': { minRKEVersion: '1.6.0-rc0' } },
        templateChoice: { coreDNS: { '>=1.8.0-rancher0': 'coredns-v1.8' } },
      },
    });
    expect(JSON.stringify(readMetadata(dataJson()))).not.toMatch(/apiVersion|minRancherVersion|k3s/);
  });

  it.each([
    ['a text', 'x', /not a JSON object/],
    ['null', null, /not a JSON object/],
    ['a list', [], /not a JSON object/],
    ['another object', { versions: {} }, /K8sVersionRKESystemImages is missing or empty/],
    [
      'no images',
      dataJson({ K8sVersionRKESystemImages: {} }),
      /K8sVersionRKESystemImages is missing or empty/,
    ],
    [
      'no options',
      dataJson({ K8sVersionServiceOptions: [] }),
      /K8sVersionServiceOptions is missing or empty/,
    ],
    [
      'a default without images',
      dataJson({ RKEDefaultK8sVersions: { default: 'v9' } }),
      /no system images for the default version "v9"/,
    ],
  ])('rejects %s and explains why', (_what, json, why) => {
    expect(readMetadata(json)).toEqual({ ok: false, why: expect.stringMatching(why) as string });
  });
});

describe('selectVersions', () => {
  const versions = {
    'v1.9.7-rancher2-2': images('v1.9.7-rancher2'),
    'v1.29.9-rancher1-1': images('v1.29.9-rancher1'),
    'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
    'v1.30.5-rancher1-2': images('v1.30.5-rancher1'),
    'v1.30.5-rancher1-10': images('v1.30.5-rancher1'),
  };

  it('sorts versions numerically', () => {
    expect(catalogOf({ K8sVersionRKESystemImages: versions }).versions).toEqual([
      'v1.9.7-rancher2-2',
      'v1.29.9-rancher1-1',
      'v1.30.5-rancher1-1',
      'v1.30.5-rancher1-2',
      'v1.30.5-rancher1-10',
    ]);
  });

  it('withdraws a version whose last RKE is older or whose first RKE is newer', () => {
    const catalog = catalogOf({
      K8sVersionRKESystemImages: versions,
      K8sVersionInfo: {
        'v1.30.5-rancher1-10': { deprecateRKEVersion: '1.6.99' },
        'v1.30.5-rancher1-2': { minRKEVersion: '1.7.0-rc0' },
        'v1.29.9-rancher1-1': { deprecateRKEVersion: '1.7.0', minRKEVersion: '1.6.99-rc0' },
      },
    });
    expect(catalog.versions).toEqual(['v1.9.7-rancher2-2', 'v1.29.9-rancher1-1', 'v1.30.5-rancher1-1']);
    expect(catalog.systemImages('v1.30.5-rancher1-10')).toBeUndefined();
    expect(catalog.systemImages('v1.29.9-rancher1-1')).toMatchObject({
      alpine: 'rancher/rke-tools:v0.1.103',
    });
  });

  it('hides a minor whose last RKE is older from the list only, and ignores the first RKE of a minor', () => {
    const catalog = catalogOf({
      K8sVersionRKESystemImages: versions,
      K8sVersionInfo: { 'v1.29': { maxRKEVersion: '1.5.99' }, 'v1.30': { minRKEVersion: '1.7.0-rc0' } },
    });
    expect(catalog.currentVersions).toEqual(['v1.30.5-rancher1-10', 'v1.9.7-rancher2-2']);
    expect(catalog.systemImages('v1.29.9-rancher1-1')).toBeDefined();
  });

  it('uses the default for its RKE version, otherwise the general default', () => {
    const K8sVersionRKESystemImages = versions;
    const RKEDefaultK8sVersions = { default: 'v1.30.5-rancher1-1', '1.6.99': 'v1.29.9-rancher1-1' };
    expect(catalogOf().defaultVersion).toBe('v1.30.5-rancher1-1');
    expect(catalogOf({ K8sVersionRKESystemImages, RKEDefaultK8sVersions }).defaultVersion).toBe(
      'v1.29.9-rancher1-1',
    );
  });
});

describe('a version whose images the public cannot pull', () => {
  const gated = (tag: string): Record<string, string | null> => images(tag, 'rke-extended-life');
  const open = {
    'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
    'v1.31.1-rancher1-1': images('v1.31.1-rancher1'),
  };
  const catalog = catalogOf({
    K8sVersionRKESystemImages: {
      ...open,
      'v1.31.12-rancher1-1': gated('v1.31.12-rancher1'),
      'v1.32.8-rancher1-1': gated('v1.32.8-rancher1'),
    },
    RKEDefaultK8sVersions: { default: 'v1.32.8-rancher1-1' },
  });

  it('is marked and still listed', () => {
    expect(catalog.versions.filter((version) => !catalog.isPublic(version))).toEqual([
      'v1.31.12-rancher1-1',
      'v1.32.8-rancher1-1',
    ]);
    expect(catalog.currentVersions).toEqual([
      'v1.32.8-rancher1-1',
      'v1.31.12-rancher1-1',
      'v1.30.5-rancher1-1',
    ]);
  });

  it('has a public replacement: of its minor if there is one, otherwise the newest before it', () => {
    expect(catalog.publicInstead('v1.31.12-rancher1-1')).toBe('v1.31.1-rancher1-1');
    expect(catalog.publicInstead('v1.32.8-rancher1-1')).toBe('v1.31.1-rancher1-1');
  });

  it('is never the default', () => {
    expect(catalog.defaultVersion).toBe('v1.31.1-rancher1-1');
  });

  it('is the default if there is no other version', () => {
    const only = catalogOf({
      K8sVersionRKESystemImages: { 'v1.30.5-rancher1-1': gated('v1.30.5-rancher1') },
    });
    expect([only.defaultVersion, only.publicInstead('v1.30.5-rancher1-1')]).toEqual([
      'v1.30.5-rancher1-1',
      undefined,
    ]);
  });
});

describe('service options', () => {
  const catalog = catalogOf({
    K8sVersionServiceOptions: {
      'v1.29': { kubeapi: { of: 'minor 1.29' } },
      'v1.30': { kubeapi: { of: 'minor 1.30' } },
      'v1.30.5-rancher1-1': { kubeapi: { of: 'version' } },
    },
  });

  it('prefer the exact version, whatever the image', () => {
    const kubernetesImage = 'rancher/hyperkube:v1.29.9-rancher1';
    expect(catalog.serviceOptions('v1.30.5-rancher1-1', { kubernetesImage })?.kubeapi).toEqual({
      of: 'version',
    });
  });

  it.each([
    ['rancher/hyperkube:v1.29.9-rancher1', 'minor 1.29'],
    ['registry.local:5000/hyperkube:v1.29.9-rancher1', 'minor 1.29'],
    ['rancher/hyperkube:v1.29.9-rancher1@sha256:00', 'minor 1.29'],
    ['registry.local:5000/hyperkube', 'minor 1.30'],
    ['rancher/hyperkube:latest', 'minor 1.30'],
    [undefined, 'minor 1.30'],
  ])("are then those of the image's minor: %s", (kubernetesImage, of) => {
    expect(catalog.serviceOptions('v1.30.4-rancher1-1', { kubernetesImage })?.kubeapi).toEqual({ of });
  });

  it('differ for Windows', () => {
    expect(catalog.serviceOptions('v1.30.4-rancher1-1', { os: 'windows' })).toMatchObject({
      kubelet: { 'cert-dir': 'c:\\var' },
      kubeapi: {},
    });
  });

  it('are undefined for an unknown minor', () => {
    expect(catalog.serviceOptions('v1.99.0-rancher1-1')).toBeUndefined();
  });
});
