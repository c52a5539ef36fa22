import { basename, dirname } from 'node:path';
import type { FileSystem } from './file-system.js';

/** How many previous versions are kept unless RKE_STATE_HISTORY says another number. */
export const defaultKeep = 5;

/** Path of the version that is `age` writes old: `….bak` is the previous one, `….bak.2` the one before that. */
export function backupPath(location: string, age: number): string {
  return age === 1 ? `${location}.bak` : `${location}.bak.${age}`;
}

/** Ages of the existing versions, youngest first. */
export async function backupAges(location: string, files: FileSystem): Promise<readonly number[]> {
  const prefix = `${basename(location)}.bak`;
  const names = await files.list(dirname(location));
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => /^(?:\.([2-9]|[1-9]\d{1,3}))?$/.exec(name.slice(prefix.length)))
    .flatMap((match) => (match === null ? [] : [Number(match[1] ?? 1)]))
    .sort((one, other) => one - other);
}

/**
 * Frees the youngest place: every version up to the first gap ages by one, and those older than `keep` are removed. Each step
 * is one rename, so that a killed run leaves complete versions and at most one gap.
 *
 * @param keep at least 1
 */
export async function shiftBackups(location: string, keep: number, files: FileSystem): Promise<void> {
  const taken = new Set(await backupAges(location, files));
  let free = 1;
  while (taken.has(free) && free < keep) free++;
  for (let age = free - 1; age >= 1; age--)
    await files.rename(backupPath(location, age), backupPath(location, age + 1));
}

/** Removes the versions that are older than `keep` writes, e.g. after the number was lowered. */
export async function pruneBackups(location: string, keep: number, files: FileSystem): Promise<void> {
  const ages = await backupAges(location, files);
  for (const age of ages.filter((one) => one > keep)) await files.remove(backupPath(location, age));
}
