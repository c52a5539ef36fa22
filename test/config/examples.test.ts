import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

const folder = new URL('../../examples/', import.meta.url);

describe('examples', () => {
  it.each([
    ...readdirSync(folder).filter((name) => name.endsWith('.yml')),
    'demo/cluster.yml',
    'rancher-ha/cluster.yml',
  ])('%s is a valid cluster file for rke up', async (name) => {
    const text = await readFile(new URL(name, folder), 'utf8');
    expect(loadCluster(text, { catalog: await loadCatalog(), forChange: true })).toMatchObject({
      ok: true,
      warnings: [],
    });
  });

  it('the cluster file of README.md is valid, too', async () => {
    const readme = await readFile(new URL('../README.md', folder), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(loadCluster(text, { catalog: await loadCatalog() })).toMatchObject({ ok: true });
  });
});
