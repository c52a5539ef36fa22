import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeArchive } from './archive.js';
import { collectAssets } from './assets.js';
import { bundleProgram, type Bundle } from './bundle.js';
import { makeBlob, writeExecutable } from './executable.js';
import { collectLicenses } from './licenses.js';
import { writeNpmPackage } from './npm-package.js';
import { makePages } from './pages.js';
import { readRuntime, readRuntimeLicense } from './runtime.js';
import { requireStructure } from './structure.js';
import { ownTarget, type Target } from './targets.js';
import { createWorkFolder } from './work-folder.js';

/** A file of the release, with its SHA-256 as 64 hexadecimal digits. */
export interface ReleaseFile {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Makes the files of a release in a directory, which is emptied first.
 *
 * @param targets the platforms that get an executable
 * @param onFile reports a finished file
 */
export async function makeRelease(
  folder: string,
  targets: readonly Target[],
  onFile: (file: ReleaseFile) => void,
): Promise<ReleaseFile[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files: ReleaseFile[] = [];
  const finish = async (name: string): Promise<void> => {
    const file = { name, sha256: await hashFile(join(folder, name)) };
    files.push(file);
    onFile(file);
  };

  const bundle = await bundleProgram();
  const blob = await makeReleaseBlob(bundle);
  for (const target of targets) {
    const isMac = target.id.startsWith('darwin');
    await writeExecutable(join(folder, target.file), { node: await readRuntime(target), blob, isMac });
    requireStructure(await readFile(join(folder, target.file)), target.id, blob);
    await finish(target.file);
  }
  await finish(await writeNpmPackage(folder));
  await writeFile(join(folder, 'rke_completion-man.tar.gz'), await makeArchive(makePages()));
  await finish('rke_completion-man.tar.gz');
  const licenses = await collectLicenses(bundle.packages, await readRuntimeLicense(ownTarget()));
  await writeFile(join(folder, 'rke_licenses.txt'), licenses);
  await finish('rke_licenses.txt');

  // The format of sha256sum(1), and RKE v1's name for it.
  const lines = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  await writeFile(join(folder, 'sha256sum.txt'), lines.join(''));
  return files;
}

/** The program for all platforms, packed by the Node binary of this one. */
async function makeReleaseBlob(bundle: Bundle): Promise<Buffer> {
  await using work = await createWorkFolder();
  const node = join(work.path, 'node');
  await writeFile(node, await readRuntime(ownTarget()));
  await chmod(node, 0o755);
  return await makeBlob(await collectAssets(bundle), node);
}

async function hashFile(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
