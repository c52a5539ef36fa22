import { RkeError } from '../core/errors.js';
import { openStore } from '../run/state/state-options.js';
import type { ClusterState } from '../state/cluster-state.js';
import { clusterPaths } from '../state/paths.js';
import type { Io } from './io.js';
import { readStateOptions } from './read-state-options.js';

/**
 * The state that `rke up` would read, for commands that do well enough without it: one that is encrypted counts as absent if
 * there is no passphrase, and that is reported.
 *
 * @param lost what the command cannot say then, e.g. `changes of the running cluster were not checked`
 * @throws RkeError (exit 4) if it cannot be used
 */
export async function stateBeside(file: string, io: Io, lost: string): Promise<ClusterState | undefined> {
  const store = openStore(clusterPaths(file).state, await readStateOptions({}, io));
  try {
    return await store.load();
  } catch (error) {
    if (!(error instanceof RkeError) || error.code !== 'STATE_ENCRYPTED') throw error;
    io.stderr.write(`${lost}: ${error.message} (RKE_STATE_PASSPHRASE)\n`);
    return undefined;
  }
}
