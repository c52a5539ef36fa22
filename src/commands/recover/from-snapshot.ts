import { messageOf } from '../../core/errors.js';
import { readZip } from '../../state/zip.js';
import { withEncryptionOnHosts } from './encryption-on-hosts.js';
import { usableState } from './from-state-text.js';
import type { RecoverInput, Recovery } from './recovered.js';

/** A state is far smaller; what unpacks to more is no archive of ours. */
const largestState = 64 * 2 ** 20;

/** From the state that RKE's snapshots of etcd have beside the database: as it was when the snapshot was taken. */
export function fromSnapshot({ snapshot, found }: RecoverInput): Recovery {
  if (snapshot === undefined) return { why: 'no snapshot archive was named' };
  const { file, content } = snapshot;
  let text: string;
  try {
    const entry = readZip(content).find(({ name }) => name.endsWith('.rkestate'));
    if (entry === undefined || entry.size > largestState)
      return { why: `${file} holds no state: it is of an RKE before 0.2, or no snapshot` };
    text = entry.content().toString('utf8');
  } catch (error) {
    return { why: `${file} cannot be read: ${messageOf(error)}` };
  }
  const state = usableState(text, file, found);
  if ('why' in state) return state;
  const { state: current, note } = withEncryptionOnHosts(state, found);
  return {
    source: 'snapshot',
    from: file,
    state: current,
    missing: ['what was changed after the snapshot was taken', ...(note === undefined ? [] : [note])],
  };
}
