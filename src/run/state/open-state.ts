import { RkeError, stateError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { FileStore } from '../../state/file-store.js';
import { clusterPaths } from '../../state/paths.js';
import { openStore, type StateFileOptions } from './state-options.js';

/** Opens the state file of a cluster file. */
export function openState({ configPath, state }: StateFileOptions): FileStore {
  return openStore(clusterPaths(configPath).state, state);
}

/** Loads the state. @throws RkeError STATE_MISSING (exit 4) if there is none; RkeError (exit 4) if it cannot be read */
export async function requireState(store: FileStore): Promise<ClusterState> {
  return (await store.load()) ?? throwMissing(store);
}

/** @throws RkeError STATE_MISSING (exit 4) */
export function throwMissing({ location }: Pick<FileStore, 'location'>): never {
  throw stateError('STATE_MISSING', `no state file at ${location}`, {
    fix: 'put it back beside the cluster file, or set another cluster file with --config; `rke state recover` rebuilds a lost one, and in a new cluster `rke up` creates it',
  });
}

/**
 * Loads the state for commands that can do without it: an encrypted one counts as missing without its passphrase, and that
 * is reported.
 *
 * @param lost what the command cannot do then, e.g. `changes to the running cluster were not checked`
 * @throws RkeError (exit 4) if it cannot be used
 */
export async function loadReadableState(
  options: StateFileOptions & { readonly events: EventSink },
  lost: string,
): Promise<ClusterState | undefined> {
  try {
    return await openState(options).load();
  } catch (error) {
    if (!(error instanceof RkeError) || error.code !== 'STATE_ENCRYPTED') throw error;
    const message = `${lost}: ${error.message}; set RKE_STATE_PASSPHRASE`;
    options.events.emit({ type: 'warning', message });
    return undefined;
  }
}
