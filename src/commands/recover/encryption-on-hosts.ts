import { parseEncryption } from '../../plan/encryption/parse-encryption.js';
import { encryptionFile } from '../../plan/encryption/encryption-configuration.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encryptionPair, withEncryption } from '../../state/next-state.js';
import type { FoundOnHosts } from './recovered.js';

/** Finds the EncryptionConfiguration of kube-apiserver on the hosts; undefined if they have none. */
export function findEncryption({ files }: FoundOnHosts): string | undefined {
  // The file has one more newline than the text in the state.
  return files.get(encryptionFile)?.replace(/\n$/, '');
}

/**
 * Replaces older encryption keys of a recovered state with those of the hosts: a copy may be from before a key rotation, and a
 * key that encrypts Secrets must never be lost.
 */
export function withEncryptionOnHosts(
  state: ClusterState,
  found: FoundOnHosts,
): { readonly state: ClusterState; readonly note?: string } {
  const text = findEncryption(found);
  const { desired, current } = encryptionPair(state);
  if (text === undefined || text === desired || text === current) return { state };
  // A copy from before a whole rotation: no Secret uses its keys any more, and no API server has them.
  const isRotated = [text, current].every((one) => parseEncryption(one)?.ending === false);
  return {
    state: withEncryption(state, { desired: text, current: isRotated ? text : current }),
    note: 'changes made after the last rotation of the encryption key, which was read from the hosts',
  };
}
