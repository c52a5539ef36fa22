import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../../src/config/validate.js';

const catalog = await loadCatalog();

describe('variables in cluster.yml', () => {
  const base =
    'nodes: [{ address: "${HOST}", user: "${USER_NAME:-ops}", role: [controlplane, etcd, worker] }]\n';

  it('are not substituted unless requested', () => {
    expect(loadCluster(base, { catalog })).toMatchObject({ ok: false });
  });

  it('are replaced by their value or their default', () => {
    const loaded = loadCluster(base, { catalog, variables: { HOST: '10.0.0.1' } });
    expect(loaded).toMatchObject({ ok: true, value: { nodes: [{ address: '10.0.0.1', user: 'ops' }] } });
  });

  it('can set values but cannot add keys', () => {
    const variables = { HOST: '10.0.0.1, user: evil' };
    expect(loadCluster(base, { catalog, variables })).toMatchObject({ ok: false });
  });

  it('that are not set are errors with a position', () => {
    const loaded = loadCluster(base, { catalog, variables: {} });
    const unset = (loaded.ok ? [] : loaded.diagnostics).filter(({ code }) => code === 'unset-variable');
    expect(unset).toMatchObject([{ position: { line: 1, column: 20 } }]);
  });
});
