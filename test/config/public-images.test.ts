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

/** Warnings about images that are not public. */
function warningsOf(text: string): string[] {
  const loaded = loadCluster(`${nodes}${text}`, { catalog });
  // The data of this test has few images, which is another error.
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all
    .filter(({ code }) => code === 'gated-images')
    .map(({ path, position, message }) => `${position?.line ?? 0} ${path}: ${message}`);
}

describe('a version whose images the public cannot pull', () => {
  it('is warned about if it is set, with the version to use instead', () => {
    expect(warningsOf('kubernetes_version: v1.30.14-rancher1-1\n')).toEqual([
      expect.stringMatching(
        /^4 kubernetes_version: the images of v1\.30\.14-rancher1-1 \(rke-extended-life\/hyperkube:v1\.30\.14-rancher1\) are not public; use v1\.30\.5-rancher1-1/,
      ),
    ]);
  });

  it.each([
    ['another version is set', 'kubernetes_version: v1.30.5-rancher1-1\n'],
    ['no version is set', ''],
    [
      'they come from a private registry',
      'kubernetes_version: v1.30.14-rancher1-1\nprivate_registries: [{ url: registry.local, is_default: true }]\n',
    ],
    [
      'other images are set',
      'kubernetes_version: v1.30.14-rancher1-1\nsystem_images: { kubernetes: "mirror/hyperkube:v1.30.14-rancher1" }\n',
    ],
  ])('is not warned about if %s', (_what, text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});
