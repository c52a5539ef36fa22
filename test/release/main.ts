import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRelease } from './release.js';
import { targets } from './targets.js';
import { createWorkFolder } from './work-folder.js';

const folder = fileURLToPath(new URL('../../release', import.meta.url));
const ids = targets.map(({ id }) => id);

/** `npm run release` makes everything, `npm run release -- linux-x64` one executable; `--check` makes it twice and compares. */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((id) => !ids.some((known) => known === id));
  if (unknown !== undefined) throw new Error(`unknown platform ${unknown}; expected ${ids.join(', ')}`);
  const wanted = targets.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

  const files = await makeRelease(folder, wanted, ({ name }) => console.log(`release/${name}`));
  if (values.check) {
    await using other = await createWorkFolder();
    const again = await makeRelease(other.path, wanted, ({ name }) => console.log(`made again: ${name}`));
    const different = files.filter(({ name, sha256 }) =>
      again.every((one) => one.name !== name || one.sha256 !== sha256),
    );
    if (different.length > 0)
      throw new Error(`not reproducible: ${different.map(({ name }) => name).join(', ')}`);
    console.log('the second build has the same bytes');
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
