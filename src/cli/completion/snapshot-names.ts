import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Io } from '../io.js';
import { pathOfConfig } from '../options/locate-config.js';

/** The cluster file of a command, and where its process runs. */
interface Place extends Pick<Io, 'env' | 'cwd'> {
  readonly config: string;
}

/** The snapshots that `rke etcd ls` printed last, with those taken since. Empty if there are none, or they cannot be read. */
export function readSnapshotNames(place: Place): string[] {
  try {
    return readFileSync(pathOf(place), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** Keeps the names of all snapshots of a cluster for completion, which contacts no host. */
export function keepSnapshotNames(place: Place, names: readonly string[]): void {
  try {
    // Not recursive: a home directory that does not exist is not created.
    for (const folder of [dirname(dirname(pathOf(place))), dirname(pathOf(place))])
      if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(pathOf(place), names.map((name) => `${name}\n`).join(''));
  } catch {
    // Completion does without.
  }
}

/** Adds the name of a new snapshot. */
export function addSnapshotName(place: Place, name: string): void {
  keepSnapshotNames(place, [...new Set([name, ...readSnapshotNames(place)])]);
}

function pathOf({ config, env, cwd }: Place): string {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const cache = env['XDG_CACHE_HOME'] ?? (home === undefined ? undefined : join(home, '.cache'));
  if (cache === undefined) throw new Error('this user has no directory for caches');
  const id = createHash('sha256')
    .update(resolve(cwd, pathOfConfig(config)))
    .digest('hex')
    .slice(0, 16);
  return join(cache, 'rke', `snapshots-${id}`);
}
