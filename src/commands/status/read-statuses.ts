import { createLimiter } from '../../core/limit.js';
import type { RunError } from '../../core/events.js';
import { runErrors } from '../../report/run-errors.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import type { ClusterStatus, UnreadCluster } from './cluster-status.js';
import { configNameOf } from '../../run/cluster-source.js';
import { readStatus } from './read-status.js';

/** The status of a cluster, or why it could not be read. */
export type StatusOrErrors =
  | { readonly config: string; readonly status: ClusterStatus }
  | { readonly config: string; readonly error: unknown; readonly unread: UnreadCluster };

/** Each connects to all its hosts, and a handshake takes much of a processor. */
const clustersAtATime = 4;

/**
 * `rke status` of several clusters: what stops one stops none of the others.
 *
 * @throws the signal's reason when it is aborted
 */
export async function readStatuses(
  configPaths: readonly string[],
  options: Omit<ClusterOptions, 'configPath'>,
): Promise<StatusOrErrors[]> {
  const limited = createLimiter(clustersAtATime);
  const reads = configPaths.map((configPath) =>
    limited(async (): Promise<StatusOrErrors> => {
      const config = configNameOf({ ...options, configPath });
      try {
        return { config, status: await readStatus({ ...options, configPath }) };
      } catch (error) {
        options.signal.throwIfAborted();
        const errors: RunError[] = runErrors(error);
        return { config, error, unread: { config, errors } };
      }
    }),
  );
  return Promise.all(reads);
}
