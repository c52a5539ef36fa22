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
  it('takes retired keys away with all below them, and leaves comments', () => {
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
      changes: [
        '5: services.kube-api.pod_security_policy is taken away',
        '9: authentication.options is taken away',
      ],
    });
  });

  it('writes the version that fits a pinned image', () => {
    const text =
      '# first\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\nkubernetes_version: ""\n';
    expect(migrated(text).text).toBe(
      '# first\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\nkubernetes_version: v1.19.4-rancher1-1\n',
    );
    expect(migrated(text.replace('kubernetes_version: ""\n', '')).text).toBe(
      '# first\nkubernetes_version: v1.19.4-rancher1-1\nsystem_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\n',
    );
  });

  it('says where the version is written, and leaves what is said of it and the ends of the lines', () => {
    const image = 'system_images:\r\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\r\n';
    expect(migrated(`# first\r\n${image}kubernetes_version: "" # rke config -l\r\n`)).toEqual({
      text: `# first\r\n${image}kubernetes_version: v1.19.4-rancher1-1 # rke config -l\r\n`,
      changes: ['4: kubernetes_version: v1.19.4-rancher1-1 is written'],
    });
    expect(migrated(`# first\r\n${image}`)).toEqual({
      text: `# first\r\nkubernetes_version: v1.19.4-rancher1-1\r\n${image}`,
      changes: ['2: kubernetes_version: v1.19.4-rancher1-1 is written'],
    });
  });

  it('leaves a file alone that holds nothing old', () => {
    const text = 'kubernetes_version: v1.30.4-rancher1-1\nnodes: []\n';
    expect(migrated(text)).toEqual({ text, changes: [] });
  });

  it('leaves what stands in the middle of a line to its owner', () => {
    const text = 'services: { kube-api: { pod_security_policy: true } }\n';
    expect(migrated(text).text).toBe(text);
  });
});
