import { parseEncryption } from '../../plan/encryption/parse-encryption.js';
import { encryptionFile } from '../../plan/encryption/encryption-configuration.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encryptionPair, withEncryption } from '../../state/next-state.js';
import type { FoundOnHosts } from './recovered.js';

/** The configuration by which the API server encrypts Secrets, as the hosts have it; undefined where they have none. */
export function encryptionOnHosts({ files }: FoundOnHosts): string | undefined {
  // The file has one newline more than the state's text.
  return files.get(encryptionFile)?.replace(/\n$/, '');
}

/**
 * A state whose keys of Secrets are not older than the hosts': a copy may be from before a rotation, and a key that Secrets
 * are encrypted with must never be lost.
 */
export function withEncryptionOnHosts(
  state: ClusterState,
  found: FoundOnHosts,
): { readonly state: ClusterState; readonly note?: string } {
  const text = encryptionOnHosts(found);
  const { desired, current } = encryptionPair(state);
  if (text === undefined || text === desired || text === current) return { state };
  // A copy from before a whole rotation: no Secret has its keys any more, and no API server knows them.
  const isRotated = [text, current].every((one) => parseEncryption(one)?.ending === false);
  return {
    state: withEncryption(state, { desired: text, current: isRotated ? text : current }),
    note: 'the keys of encrypted Secrets are those of the hosts: the rest of the state is from before they changed',
  };
}
