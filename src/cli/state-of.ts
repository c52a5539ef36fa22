import { resolve } from 'node:path';
import { stateError } from '../core/errors.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { FileStore } from '../state/file-store.js';
import { clusterPaths } from '../state/paths.js';
import type { Io } from './io.js';
import { shortestPath } from './shortest-path.js';
import { readStateOptions, type StateFlags } from './read-state-options.js';
import { openStore, type StateOptions } from '../run/state/state-options.js';

/** Flags of commands on a state alone. They need no cluster.yml, only its name: the state may be all that is left. */
export interface StateCommandFlags extends StateFlags {
  readonly config: string;
}

/** The state file of the cluster file that the flags name. */
export async function openState(
  flags: StateCommandFlags,
  io: Io,
): Promise<{ readonly store: FileStore; readonly options: StateOptions }> {
  const options = await readStateOptions(flags, io);
  return {
    store: openStore(clusterPaths(shortestPath(resolve(io.cwd, flags.config))).state, options),
    options,
  };
}

/** @throws RkeError STATE_MISSING (exit 4) where there is none, and for one that cannot be read */
export async function requireState(store: FileStore): Promise<ClusterState> {
  const state = await store.load();
  if (state !== undefined) return state;
  throw stateError('STATE_MISSING', `no state file at ${store.location}`, {
    fix: 'name the cluster file whose state it is with --config; rke up makes one for a new cluster',
  });
}
