import { withDeadline } from '../../core/deadline.js';
import { messageOf } from '../../core/errors.js';
import { readStateCopy } from '../../execute/state-copy.js';
import { decodeUsableState } from './decode-usable-state.js';
import { withEncryptionOnHosts } from './encryption-on-hosts.js';
import type { RecoverInput, Recovery } from './recovered.js';

/** How long an API that is down may delay the next source. */
const readMilliseconds = 10_000;

/** Recovers the state from its copy in the cluster: the whole state of the last run. */
export async function recoverFromCluster({ kube, found, signal }: RecoverInput): Promise<Recovery> {
  if (kube === undefined)
    return {
      why: 'no reachable control-plane host has the CA key, and there is no kubeconfig of this cluster beside the cluster file',
    };
  try {
    const copy = await withDeadline({ milliseconds: readMilliseconds, signal }, (limit) =>
      readStateCopy(kube, { signal: limit }),
    );
    if (copy === undefined) return { why: 'the cluster has no copy of its state' };
    const from = `${copy.isOld ? 'the copy' : 'Secret'} kube-system/full-cluster-state`;
    const state = decodeUsableState(copy.text ?? '', from, found);
    if ('why' in state) return state;
    const { state: current, note } = withEncryptionOnHosts(state, found);
    return { source: 'cluster', from, state: current, missing: note === undefined ? [] : [note] };
  } catch (error) {
    signal.throwIfAborted();
    return { why: `cannot read the Kubernetes API: ${messageOf(error)}` };
  }
}
