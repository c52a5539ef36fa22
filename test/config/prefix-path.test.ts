import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';

const catalog = await loadCatalog();
const mistakesIn = (path: string): string[] => {
  const text = `nodes:\n  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }
network: { plugin: flannel }\ningress: { provider: none }\nprefix_path: ${JSON.stringify(path)}\n`;
  const loaded = loadCluster(text, { catalog, forChange: true });
  return loaded.ok ? [] : loaded.diagnostics.map(({ position, message }) => `${position?.line}: ${message}`);
};

describe('prefix_path', () => {
  it.each(['', '/', '/opt/rke', '/opt/rke/', '//srv//a_b-c.d/', '/srv/./x/../y', '/mnt/disk@2+a=b'])(
    'is accepted: %j',
    (path) => expect(mistakesIn(path)).toEqual([]),
  );

  it.each(['opt/rke', './rke', '~/rke', '$HOME/rke', 'c:/rke'])('is refused as not absolute: %j', (path) => {
    expect(mistakesIn(path)).toEqual([`5: expected an absolute path, got "${path}"`]);
  });

  it.each([
    '/opt/my data',
    '/opt/a;b',
    '/opt/$(id)',
    '/opt/`id`',
    "/opt/it's",
    '/opt/a"b',
    '/opt/*',
    '/opt/a:b',
    '/opt/a\nb',
    '/opt/a\\b',
    '/opt/ä',
    '/opt/{a,b}',
    '/opt/a&b',
    '/opt/?',
  ])('is refused with characters that are special in a shell or a bind: %j', (path) =>
    expect(mistakesIn(path)).toEqual([expect.stringMatching(/^5: .* contains ".*"; use only letters/s)]),
  );
});
