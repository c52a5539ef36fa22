import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.js';
import type { Assets } from './executable.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that an executable has inside: the code, and each data file that `readProgramFile` can be asked for. */
export async function collectAssets({ chunks }: Bundle): Promise<Assets> {
  const assets = new Map<string, string>([['package.json', await readManifest()]]);
  for (const path of await listDataFiles()) assets.set(path, await readFile(`${root}src/${path}`, 'utf8'));
  for (const [name, code] of chunks) assets.set(`chunks/${name}`, code);
  return assets;
}

/** The files below `src` that are not code. */
async function listDataFiles(): Promise<string[]> {
  const entries = await readdir(`${root}src`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) =>
      `${parentPath.slice(`${root}src`.length + 1)}/${name}`.replaceAll('\\', '/'),
    )
    .sort();
}

async function readManifest(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as Record<
    string,
    string
  >;
  return JSON.stringify({ name, version });
}
