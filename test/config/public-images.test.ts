import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { createCatalog } from '../../src/versions/catalog.js';
import { readMetadata } from '../../src/versions/metadata.js';
import { dataJson, images } from '../versions/data-json.js';

const reading = readMetadata(
  dataJson({
    K8sVersionRKESystemImages: {
      'v1.30.5-rancher1-1': images('v1.30.5-rancher1'),
      'v1.30.14-rancher1-1': images('v1.30.14-rancher1', 'rke-extended-life'),
    },
  }),
);
if (!reading.ok) throw new Error(reading.why);
const catalog = createCatalog(reading.data);

const nodes = `nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]
network: { plugin: flannel }
ingress: { provider: none }
`;

/** Warnings about images that are not for the public. */
function warningsOf(text: string): string[] {
  const loaded = loadCluster(`${nodes}${text}`, { catalog });
  // The data of this test has few images, which is a mistake of its own.
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all
    .filter(({ code }) => code === 'gated-images')
    .map(({ path, position, message }) => `${position?.line ?? 0} ${path}: ${message}`);
}

describe('a version whose images the public cannot pull', () => {
  it('is warned of where it is chosen, with the version to take instead', () => {
    expect(warningsOf('kubernetes_version: v1.30.14-rancher1-1\n')).toEqual([
      expect.stringMatching(
        /^4 kubernetes_version: the images of v1\.30\.14-rancher1-1 \(rke-extended-life\/hyperkube:v1\.30\.14-rancher1\) .*; take v1\.30\.5-rancher1-1 instead/,
      ),
    ]);
  });

  it.each([
    ['another version is chosen', 'kubernetes_version: v1.30.5-rancher1-1\n'],
    ['no version is chosen', ''],
    [
      'they come from a registry of its own',
      'kubernetes_version: v1.30.14-rancher1-1\nprivate_registries: [{ url: registry.local, is_default: true }]\n',
    ],
    [
      'others are named',
      'kubernetes_version: v1.30.14-rancher1-1\nsystem_images: { kubernetes: "mirror/hyperkube:v1.30.14-rancher1" }\n',
    ],
  ])('is not warned of where %s', (_what, text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});
