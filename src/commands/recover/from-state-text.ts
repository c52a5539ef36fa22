import { messageOf } from '../../core/errors.js';
import { findBundleFaults } from '../../pki/check/bundle-faults.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { decodeState } from '../../state/codec.js';
import type { FoundOnHosts } from './recovered.js';

/**
 * A state from a text that was kept somewhere, if a run can build on it and it is of the cluster that the hosts carry.
 *
 * @param where for messages
 */
export function usableState(
  text: string,
  where: string,
  { authority }: FoundOnHosts,
): ClusterState | { readonly why: string } {
  let state: ClusterState;
  try {
    state = decodeState(text, where);
  } catch (error) {
    return { why: messageOf(error) };
  }
  const bundle = state.desiredState.certificatesBundle ?? {};
  if (bundle['kube-ca'] === undefined) return { why: `${where} holds no certificate authority` };
  const [fault] = findBundleFaults(bundle);
  if (fault !== undefined) return { why: `in ${where}, ${fault.message}` };
  if (authority !== undefined && !isSameText(bundle['kube-ca'].certificatePEM, authority.certificatePem))
    return { why: `${where} has another certificate authority than ${authority.host}` };
  return state;
}

export const isSameText = (one: string, other: string): boolean => one.trim() === other.trim();
