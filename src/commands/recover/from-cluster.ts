import { withDeadline } from '../../core/deadline.js';
import { messageOf } from '../../core/errors.js';
import { readStateCopy } from '../../execute/state-copy.js';
import { usableState } from './from-state-text.js';
import { withEncryptionOnHosts } from './encryption-on-hosts.js';
import type { RecoverInput, Recovery } from './recovered.js';

/** An API that is down must not hold up the sources after it. */
const readMilliseconds = 10_000;

/** From the copy that the cluster keeps: all of the state, as the last run left it. */
export async function fromCluster({ kube, found, signal }: RecoverInput): Promise<Recovery> {
  if (kube === undefined)
    return {
      why: 'no control-plane host that was reached has the key of the certificate authority, and there is no kubeconfig of one beside the cluster file',
    };
  try {
    const copy = await withDeadline({ milliseconds: readMilliseconds, signal }, (limit) =>
      readStateCopy(kube, { signal: limit }),
    );
    if (copy === undefined) return { why: 'the cluster keeps no copy of its state' };
    const from = `${copy.isOld ? 'the copy' : 'Secret'} kube-system/full-cluster-state`;
    const state = usableState(copy.text ?? '', from, found);
    if ('why' in state) return state;
    const { state: current, note } = withEncryptionOnHosts(state, found);
    return { source: 'cluster', from, state: current, missing: note === undefined ? [] : [note] };
  } catch (error) {
    signal.throwIfAborted();
    return { why: `the API of the cluster was asked in vain: ${messageOf(error)}` };
  }
}
