import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { clusterYmlDoc } from '../tools/cluster-yml-doc.js';

const file = fileURLToPath(new URL('../../docs/cluster-yml.md', import.meta.url));

it('docs/cluster-yml.md says what the schema says (UPDATE_DOCS=1 rewrites it)', async () => {
  const wanted = await format(clusterYmlDoc(), { parser: 'markdown', printWidth: 110 });
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, wanted);
  expect(await readFile(file, 'utf8')).toBe(wanted);
});
