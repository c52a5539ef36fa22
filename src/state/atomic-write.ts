import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/**
 * Writes a file so that at every moment, power cuts included, it has either the old or the new text in full. The new file
 * is readable by its owner only.
 */
export async function writeAtomically(
  path: string,
  text: string,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  // A link stays a link: its target is replaced.
  const target = await files.resolve(path);
  const temporary = await writeTemporary(target, text, files);
  try {
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined); // The first error is reported.
    throw error;
  }
  await files.syncDirectory(dirname(target));
}

/**
 * Writes a text, synced to disk, to a temporary file beside the target.
 *
 * @returns its path; if this throws, the file is removed
 */
export async function writeTemporary(target: string, text: string, files: FileSystem): Promise<string> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await files.create(temporary);
    try {
      await file.write(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** Removes temporary files that a killed run left beside the target and its history. The caller has the lock. */
export async function removeTemporaries(path: string, files: FileSystem): Promise<void> {
  const target = await files.resolve(path);
  const directory = dirname(target);
  const start = basename(target);
  for (const name of await files.list(directory)) {
    const isLeft =
      name.startsWith(start) && /^(\.bak(\.\d+)?)?\.[0-9a-f]{12}\.tmp$/.test(name.slice(start.length));
    if (isLeft) await files.remove(join(directory, name));
  }
}
