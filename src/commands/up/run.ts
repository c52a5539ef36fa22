import { apply } from '../../run/apply.js';
import type { RunResult } from '../../run/apply.js';
import { openLockedSession } from '../../run/session.js';
import { withCluster } from '../../run/with-cluster.js';
import { checkCluster } from './check-cluster.js';
import { decideUp } from './decide.js';
import { prepareUp, type UpOptions } from './prepare.js';

/**
 * `rke up`: creates the cluster of a cluster.yml, or applies what changed in it. Does nothing if nothing differs.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), RunFailedError for what went wrong on hosts (5 to 9), or the
 *   signal's reason if it was interrupted. In every case the next run completes what this one started.
 */
export async function upCluster(options: UpOptions): Promise<RunResult> {
  const { allowNetworkChange } = options;
  const needs = { forChange: true, allowNetworkChange, command: 'rke up' };
  await using session = await openLockedSession(options, needs);
  const prepared = await prepareUp(session, options);
  return await withCluster(session, options, prepared.needs, async (cluster) => {
    await checkCluster(cluster, prepared);
    const { disablePortCheck = false, wait } = options;
    return apply(
      cluster,
      decideUp({ ...session, ...prepared, ...cluster, disablePortCheck, wait, now: new Date() }),
    );
  });
}
