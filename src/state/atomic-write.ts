import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/**
 * Writes a file so that at every moment, power cuts included, either the old or the new text is there in full. The new
 * file is readable by its owner only.
 */
export async function writeAtomically(
  path: string,
  text: string,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  // A link stays one: the file that it leads to is what is replaced.
  const target = await files.resolve(path);
  const temporary = await writeTemporary(target, text, files);
  try {
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined); // What went wrong first is what is told.
    throw error;
  }
  await files.syncFolder(dirname(target));
}

/**
 * Writes a text, on disk for good, under a name of its own beside the target.
 *
 * @returns the name; whatever is thrown, nothing stays under it
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

/** Removes what a run that was killed while it wrote has left beside the target and its history.
 * For whoever holds the lock. */
export async function removeTemporaries(path: string, files: FileSystem): Promise<void> {
  const target = await files.resolve(path);
  const folder = dirname(target);
  const start = basename(target);
  for (const name of await files.list(folder)) {
    const isLeft =
      name.startsWith(start) && /^(\.bak(\.\d+)?)?\.[0-9a-f]{12}\.tmp$/.test(name.slice(start.length));
    if (isLeft) await files.remove(join(folder, name));
  }
}
