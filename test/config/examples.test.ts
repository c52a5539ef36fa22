import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/cli/catalog-file.js';
import { loadCluster } from '../../src/config/validate.js';

describe('examples', () => {
  it.each(['minimal.yml', 'demo/cluster.yml'])('%s is a cluster file without mistakes', async (name) => {
    const text = await readFile(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), 'utf8');
    expect(loadCluster(text, { catalog: await loadCatalog() })).toMatchObject({ ok: true, warnings: [] });
  });

  it('the cluster file of README.md is one, too', async () => {
    const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(loadCluster(text, { catalog: await loadCatalog() })).toMatchObject({ ok: true });
  });
});
