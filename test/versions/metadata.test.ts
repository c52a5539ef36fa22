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
  it('is read without what is not for RKE', () => {
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
    ['another object', { versions: {} }, /has no K8sVersionRKESystemImages/],
    ['no images', dataJson({ K8sVersionRKESystemImages: {} }), /has no K8sVersionRKESystemImages/],
    ['no options', dataJson({ K8sVersionServiceOptions: [] }), /has no K8sVersionServiceOptions/],
    [
      'a default without images',
      dataJson({ RKEDefaultK8sVersions: { default: 'v9' } }),
      /"v9" has no system images/,
    ],
  ])('%s is none, and it is said why', (_what, json, why) => {
    expect(readMetadata(json)).toEqual({ ok: false, why: expect.stringMatching(why) as string });
  });
});

describe('selection', () => {
  const versions = {
    'v1.9.7-rancher2-2': images('v1.9.7-rancher2'),
    'v1.29.9-rancher1-1': images('v1.29.9-rancher1'),
    'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
    'v1.30.5-rancher1-2': images('v1.30.5-rancher1'),
    'v1.30.5-rancher1-10': images('v1.30.5-rancher1'),
  };

  it('orders versions by number', () => {
    expect(catalogOf({ K8sVersionRKESystemImages: versions }).versions).toEqual([
      'v1.9.7-rancher2-2',
      'v1.29.9-rancher1-1',
      'v1.30.5-rancher1-1',
      'v1.30.5-rancher1-2',
      'v1.30.5-rancher1-10',
    ]);
  });

  it('withdraws a version that is past its RKE, and one that is before it', () => {
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

  it("hides a minor that is past its RKE from the list only, and does not hold a minor's minimum against RKE", () => {
    const catalog = catalogOf({
      K8sVersionRKESystemImages: versions,
      K8sVersionInfo: { 'v1.29': { maxRKEVersion: '1.5.99' }, 'v1.30': { minRKEVersion: '1.7.0-rc0' } },
    });
    expect(catalog.currentVersions).toEqual(['v1.30.5-rancher1-10', 'v1.9.7-rancher2-2']);
    expect(catalog.systemImages('v1.29.9-rancher1-1')).toBeDefined();
  });

  it("takes the default of the RKE that it stands for, else the metadata's own", () => {
    const K8sVersionRKESystemImages = versions;
    const RKEDefaultK8sVersions = { default: 'v1.30.5-rancher1-1', '1.6.99': 'v1.29.9-rancher1-1' };
    expect(catalogOf().defaultVersion).toBe('v1.30.5-rancher1-1');
    expect(catalogOf({ K8sVersionRKESystemImages, RKEDefaultK8sVersions }).defaultVersion).toBe(
      'v1.29.9-rancher1-1',
    );
  });
});

describe('a version that the public cannot pull', () => {
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

  it('is marked, and listed', () => {
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

  it('has another to take instead: of its minor where there is one, else the newest before it', () => {
    expect(catalog.publicInstead('v1.31.12-rancher1-1')).toBe('v1.31.1-rancher1-1');
    expect(catalog.publicInstead('v1.32.8-rancher1-1')).toBe('v1.31.1-rancher1-1');
  });

  it('is never the default', () => {
    expect(catalog.defaultVersion).toBe('v1.31.1-rancher1-1');
  });

  it('is the default where nothing else is there, because there must be one', () => {
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

  it('are those of the very version first, whatever the image', () => {
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

  it('of Windows are others', () => {
    expect(catalog.serviceOptions('v1.30.4-rancher1-1', { os: 'windows' })).toMatchObject({
      kubelet: { 'cert-dir': 'c:\\var' },
      kubeapi: {},
    });
  });

  it('of an unknown minor are none', () => {
    expect(catalog.serviceOptions('v1.99.0-rancher1-1')).toBeUndefined();
  });
});
