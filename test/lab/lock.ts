import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, thisProcess } from './owner.js';
import { CACHE, logToStderr } from './settings.js';

/** Locks the lab for one process: two test runs must not start two engines, nor choose the same address. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = join(CACHE.root, `${name}.lock`);
  await mkdir(CACHE.root, { recursive: true });
  for (let waited = 0; !(await take(path)); waited += 50) {
    if (waited === 5000) logToStderr(`waiting for another process that holds ${path}`);
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(thisProcess());
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = await readFile(path, 'utf8').catch(() => '');
    // Empty if it was just created and its owner has not written its name yet.
    if (holder !== '' && !isAlive(holder)) await rm(path, { force: true });
    return false;
  }
}
