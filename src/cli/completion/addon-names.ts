import { resolve } from 'node:path';
import type { Io } from '../io.js';
import { isStdin } from '../options/locate-config.js';
import { toReadingFlags } from '../options/reading-flags.js';
import { readStateOptions } from '../options/read-state-options.js';

/** The cluster file of a command with its overlays, and where its process runs. */
interface Place {
  readonly config: string;
  readonly overlays: readonly string[];
  readonly io: Io;
  readonly signal: AbortSignal;
}

/**
 * The add-ons of a cluster, as `rke addon` accepts them: those of the cluster file and of the state. Empty if they cannot be read. The
 * built-in catalogue is used, since another one may be on the network.
 */
export async function readAddonNames({ config, overlays, io, signal }: Place): Promise<string[]> {
  if (isStdin(config)) return [];
  try {
    // Only now: it loads most of the program, and other words need none of it.
    const { listAddonNames } = await import('../../commands/addon/addon-names.js');
    return await listAddonNames({
      configPath: resolve(io.cwd, config),
      overlays: overlays.map((path) => resolve(io.cwd, path)),
      reading: toReadingFlags({}, io.env),
      state: await readStateOptions({}, io),
      events: { emit: () => undefined },
      signal,
    });
  } catch {
    return [];
  }
}
