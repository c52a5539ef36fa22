import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { hookStages } from '../../src/config/hook-spec.js';
import { parseHooks } from '../../src/config/hooks/parse-hooks.js';
import { hooksFile } from '../../src/config/schema/hooks.js';
import { loadCluster } from '../../src/config/validate.js';

const folder = new URL('../../examples/', import.meta.url);

describe('examples', () => {
  it.each([
    ...readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== 'hooks.yml'),
    'demo/cluster.yml',
    'rancher-ha/cluster.yml',
  ])('%s is a valid cluster file for rke up', async (name) => {
    const text = await readFile(new URL(name, folder), 'utf8');
    expect(loadCluster(text, { catalog: await loadCatalog(), forChange: true })).toMatchObject({
      ok: true,
      warnings: [],
    });
  });

  it('hooks.yml and the file of docs/hooks.md are valid files for --hooks', async () => {
    const page = await readFile(new URL('../docs/hooks.md', folder), 'utf8');
    const onPage = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    for (const text of [await readFile(new URL('hooks.yml', folder), 'utf8'), onPage])
      expect(parseHooks(text)).toMatchObject({ ok: true, warnings: [] });
  });

  it('every key of hooks.yml and every stage is in docs/hooks.md', async () => {
    const page = await readFile(new URL('../docs/hooks.md', folder), 'utf8');
    const keys = Object.keys((hooksFile.shape.hooks.unwrap().element as unknown as { shape: object }).shape);
    expect(keys).toContain('header_file');
    for (const name of [...keys, ...hookStages]) expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
  });

  it('the cluster file of README.md is valid, too', async () => {
    const readme = await readFile(new URL('../README.md', folder), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(loadCluster(text, { catalog: await loadCatalog() })).toMatchObject({ ok: true });
  });
});
