import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { migrateConfig } from '../../../src/config/write/migrate.js';

const catalog = await loadCatalog();

function migrated(text: string): { text: string; changes: readonly string[] } {
  const result = migrateConfig(text, catalog);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return { text: result.text, changes: result.changes.map(({ line, what }) => `${line}: ${what}`) };
}

describe('migrateConfig', () => {
  it('removes retired keys with everything below them and keeps comments', () => {
    const text = `# mine
services:
  kube-api:
    # stays
    pod_security_policy: false
    always_pull_images: true
authentication:
  strategy: x509
  options:
    foo: bar

  sans: [a]
`;
    expect(migrated(text)).toEqual({
      text: `# mine
services:
  kube-api:
    # stays
    always_pull_images: true
authentication:
  strategy: x509

  sans: [a]
`,
      changes: ['5: services.kube-api.pod_security_policy removed', '9: authentication.options removed'],
    });
  });

  it('sets the version that fits a pinned image', () => {
    const text =
      '# first\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\nkubernetes_version: ""\n';
    expect(migrated(text).text).toBe(
      '# first\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\nkubernetes_version: v1.19.4-rancher1-1\n',
    );
    expect(migrated(text.replace('kubernetes_version: ""\n', '')).text).toBe(
      '# first\nkubernetes_version: v1.19.4-rancher1-1\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\n',
    );
  });

  it('reports the line of the version and keeps its comment and the line endings', () => {
    const image = 'system_images:\r\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\r\n';
    expect(migrated(`# first\r\n${image}kubernetes_version: "" # rke config -l\r\n`)).toEqual({
      text: `# first\r\n${image}kubernetes_version: v1.19.4-rancher1-1 # rke config -l\r\n`,
      changes: ['4: kubernetes_version set to v1.19.4-rancher1-1'],
    });
    expect(migrated(`# first\r\n${image}`)).toEqual({
      text: `# first\r\nkubernetes_version: v1.19.4-rancher1-1\r\n${image}`,
      changes: ['2: kubernetes_version set to v1.19.4-rancher1-1'],
    });
  });

  it('does not change an up-to-date file', () => {
    const text = 'kubernetes_version: v1.30.4-rancher1-1\nnodes: []\n';
    expect(migrated(text)).toEqual({ text, changes: [] });
  });

  it('does not remove a retired key within a line', () => {
    const text = 'services: { kube-api: { pod_security_policy: true } }\n';
    expect(migrated(text).text).toBe(text);
  });
});
