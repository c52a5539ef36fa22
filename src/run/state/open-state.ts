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
  const state = await store.load();
  if (state !== undefined) return state;
  throw stateError('STATE_MISSING', `no state file at ${store.location}`, {
    fix: 'set the cluster file with --config; for a new cluster `rke up` creates the state file',
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
