import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fuse, removeSignature } from './structure.js';
import { createWorkFolder } from './work-folder.js';

const run = promisify(execFile);
const loader = fileURLToPath(new URL('load-chunks.cjs', import.meta.url));
const postject = join(dirname(createRequire(import.meta.url).resolve('postject')), 'cli.js');

/** Files inside of an executable, by the name under which the program reads them. */
export type Assets = ReadonlyMap<string, string>;

/**
 * Packs the program into the form that a Node binary reads from itself.
 *
 * @param node a Node binary of this machine, of the same version as the one that will run the program
 */
export async function makeBlob(assets: Assets, node: string): Promise<Buffer> {
  await using folder = await createWorkFolder();
  const paths: Record<string, string> = {};
  for (const [name, content] of assets) {
    const path = join('assets', name);
    await mkdir(join(folder.path, dirname(path)), { recursive: true });
    await writeFile(join(folder.path, path), content);
    paths[name] = path;
  }
  await copyFile(loader, join(folder.path, 'main.cjs'));
  // Relative paths: Node writes the one of the main script into the blob. No code cache and no snapshot: they are for one
  // platform, and differ from run to run.
  const config = { main: 'main.cjs', output: 'blob', assets: paths, disableExperimentalSEAWarning: true };
  await writeFile(join(folder.path, 'sea.json'), JSON.stringify(config));
  await run(node, ['--experimental-sea-config', 'sea.json'], { cwd: folder.path });
  return await readFile(join(folder.path, 'blob'));
}

/** Writes an executable: a Node binary with the program inside. */
export async function writeExecutable(
  path: string,
  { node, blob, isMac }: { readonly node: Buffer; readonly blob: Buffer; readonly isMac: boolean },
): Promise<void> {
  await using folder = await createWorkFolder();
  const resource = join(folder.path, 'blob');
  await writeFile(resource, blob);
  const unfinished = `${path}.part`;
  // What is signed is changed below: an invalid signature is worse than none, and hinders the next one.
  await writeFile(unfinished, removeSignature(node));
  const segment = isMac ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const args = [postject, unfinished, 'NODE_SEA_BLOB', resource, '--sentinel-fuse', fuse, ...segment];
  // A process of its own, for its 900 MB of memory, and for its remarks on sections that it does not know.
  await run(process.execPath, args);
  await chmod(unfinished, 0o755);
  await rename(unfinished, path);
}
