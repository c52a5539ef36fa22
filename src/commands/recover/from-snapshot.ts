import { messageOf } from '../../core/errors.js';
import { readZip } from '../../state/zip.js';
import { withEncryptionOnHosts } from './encryption-on-hosts.js';
import { decodeUsableState } from './decode-usable-state.js';
import type { RecoverInput, Recovery } from './recovered.js';

/** A state is far smaller; a larger entry is not one. */
const largestState = 64 * 2 ** 20;

/** Recovers the state from an etcd snapshot of RKE, which contains the state at the time of the snapshot. */
export async function recoverFromSnapshot({ snapshot, found }: RecoverInput): Promise<Recovery> {
  if (snapshot === undefined) return { why: 'no snapshot archive is set (--snapshot FILE)' };
  const { file, archive } = snapshot;
  let text: string;
  try {
    const entry = (await readZip(archive)).find(({ name }) => name.endsWith('.rkestate'));
    if (entry === undefined || entry.size > largestState)
      return { why: `${file} contains no state: it is not a snapshot archive, or one of RKE before 0.2` };
    text = (await entry.content()).toString('utf8');
  } catch (error) {
    return { why: `cannot read ${file}: ${messageOf(error)}` };
  }
  const state = decodeUsableState(text, file, found);
  if ('why' in state) return state;
  const { state: current, note } = withEncryptionOnHosts(state, found);
  return {
    source: 'snapshot',
    from: file,
    state: current,
    missing: ['changes made after the snapshot', ...(note === undefined ? [] : [note])],
  };
}
