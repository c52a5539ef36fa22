import { messageOf } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { decodeState } from '../../state/codec.js';
import type { FoundOnHosts } from './recovered.js';

/**
 * Decodes the text of a state, if a run can use it and it belongs to the cluster on the hosts.
 *
 * @param where source of the text, for messages
 * @returns why it cannot be used, otherwise
 */
export function decodeUsableState(
  text: string,
  where: string,
  { ca }: FoundOnHosts,
): ClusterState | { readonly why: string } {
  let state: ClusterState;
  try {
    state = decodeState(text, where);
  } catch (error) {
    return { why: messageOf(error) };
  }
  const bundle = state.desiredState.certificatesBundle ?? {};
  if (bundle['kube-ca'] === undefined) return { why: `${where} has no CA` };
  const [fault] = findBundleFaults(bundle);
  if (fault !== undefined) return { why: `in ${where}, ${fault.message}` };
  if (ca !== undefined && !isSameText(bundle['kube-ca'].certificatePEM, ca.certificatePem))
    return { why: `the CA of ${where} differs from the one on ${ca.host}` };
  return state;
}

/** True if two texts are equal except for white space at their ends. */
export const isSameText = (one: string, other: string): boolean => one.trim() === other.trim();
