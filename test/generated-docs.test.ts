import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { clusterJsonSchema } from './tools/cluster-json-schema.js';
import { clusterYmlDoc } from './tools/cluster-yml-doc.js';
import { commandsDoc } from './tools/commands-doc.js';
import { eventsDoc } from './tools/events-doc.js';
import { errorsDoc } from './tools/errors-doc.js';
import { glossaryDoc } from './tools/glossary-doc.js';
import { libraryDoc } from './tools/library-doc.js';
import { runningClusterDoc } from './tools/running-cluster-doc.js';

const markdown = { parser: 'markdown', printWidth: 110, singleQuote: true };

it.each([
  ['cluster-yml.md', () => format(clusterYmlDoc(), markdown)],
  ['running-cluster.md', () => format(runningClusterDoc(), markdown)],
  ['events.md', () => format(eventsDoc(), markdown)],
  ['errors.md', () => format(errorsDoc(), markdown)],
  ['commands.md', () => format(commandsDoc(), markdown)],
  ['glossary.md', () => format(glossaryDoc(), markdown)],
  ['library.md', () => format(libraryDoc(), markdown)],
  [
    'cluster.schema.json',
    () => format(JSON.stringify(clusterJsonSchema()), { parser: 'json', printWidth: 110 }),
  ],
])(
  'docs/%s says what the program says (npm run docs rewrites it)',
  async (name, make) => {
    const file = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
    const wanted = await make();
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, wanted);
    expect(await readFile(file, 'utf8')).toBe(wanted);
    // library.md is made by the compiler: 8 seconds of CPU, side by side with all other tests.
  },
  90_000,
);
