import { etcdError } from '../../core/errors.js';
import { defragFault, defragOperations } from '../../reconcile/etcd-care/defrag-operations.js';
import type { Finished } from '../../run/apply.js';
import { throwMissing } from '../../run/state/open-state.js';
import { quotasOf, surveyCluster } from './etcd-status.js';
import { workOnEtcd, type EtcdWorkOptions } from './work-on-etcd.js';

export interface DefragmentOptions extends EtcdWorkOptions {
  /** Called with the names of the members in the order in which they are defragmented, before the first one is. */
  readonly onDecided?: (members: readonly string[]) => void;
}

/**
 * `rke etcd defrag`: frees the unused space of the database, one member at a time, the leader last, and disarms the alarm NOSPACE.
 *
 * @throws RkeError ETCD_QUORUM (exit 8) while a member is not healthy; RunFailedError (exit 8) if a step failed
 */
export function defragment(options: DefragmentOptions): Promise<Finished> {
  return workOnEtcd(options, 'etcd defrag', async (cluster) => {
    const { state, store } = cluster.session;
    if (state === undefined) throwMissing(store);
    const survey = await surveyCluster(cluster);
    const fault = defragFault(survey);
    if (fault !== undefined)
      throw etcdError('ETCD_QUORUM', fault, {
        fix: 'repair the members (`rke etcd status` shows them, `rke up` repairs), then run `rke etcd defrag` again',
      });
    const operations = defragOperations(cluster.plan.members ?? [], survey, quotasOf(cluster));
    options.onDecided?.(
      operations.flatMap((one) => (one.kind === 'defragment-member' ? [one.member.name] : [])),
    );
    return { operations, summary: operations.map(({ title }) => title) };
  });
}
