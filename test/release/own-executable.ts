import { copyFile, readFile, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { collectAssets } from './assets.js';
import { bundleProgram } from './bundle.js';
import { makeBlob, writeExecutable } from './executable.js';
import { readRuntime } from './runtime.js';
import { requireStructure } from './structure.js';
import { ownTarget, type Target } from './targets.js';
import { createWorkFolder } from './work-folder.js';

/**
 * Writes the executable of this machine for a test: the one of a release, or, if its Node binary can be had neither from the cache nor
 * from a registry, one with the Node that runs the test.
 */
export async function writeOwnExecutable(path: string): Promise<void> {
  await using work = await createWorkFolder();
  const node = join(work.path, 'node');
  try {
    await writeFile(node, await readRuntime(ownTarget()));
  } catch {
    await copyFile(process.execPath, node);
  }
  await chmod(node, 0o755);
  const blob = await makeBlob(await collectAssets(await bundleProgram()), node);
  await writeExecutable(path, { node: await readFile(node), blob, isMac: process.platform === 'darwin' });
}

/**
 * Writes the executable of another platform for a test, as in a release.
 *
 * @throws Error if its Node binary can be had neither from the cache nor from a registry
 */
export async function writeOtherExecutable(path: string, target: Target): Promise<void> {
  await using work = await createWorkFolder();
  const node = join(work.path, 'node');
  await writeFile(node, await readRuntime(ownTarget()));
  await chmod(node, 0o755);
  const blob = await makeBlob(await collectAssets(await bundleProgram()), node);
  const isMac = target.id.startsWith('darwin');
  await writeExecutable(path, { node: await readRuntime(target), blob, isMac });
  requireStructure(await readFile(path), target.id, blob);
}
