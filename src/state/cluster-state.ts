import type { ClusterSpec } from '../config/cluster-spec.js';
import type { CertificateBundle } from '../pki/certificates.js';

/** One of the two halves of cluster.rkestate (RKE cluster/state.go State). */
export interface StateHalf {
  readonly rkeConfig?: ClusterSpec;
  readonly certificatesBundle?: CertificateBundle;
  readonly encryptionConfig?: string;
}

/** cluster.rkestate: the desired state, and that of the last finished run. */
export interface ClusterState {
  readonly desiredState: StateHalf;
  readonly currentState: StateHalf;
  /** A restore that was started and not finished; RKE v1 ignores it. */
  readonly restore?: RestoreMark;
}

/** The snapshot that is being restored. */
export interface RestoreMark {
  readonly name: string;
  /** SHA-256 of its database. */
  readonly id: string;
  /** etcd was healthy with the data: the restore only needs to be finished, whatever is left of it on the hosts. */
  readonly accepted?: boolean;
  /** The state before, which comes back with the old data; absent if there was none. */
  readonly before?: ClusterState;
}

/** The stored state, for commands that only read it. */
export interface StateReader {
  /** Path or name for messages. */
  readonly location: string;
  /** undefined if there is none. @throws RkeError (exit 4) if it cannot be read */
  load(): Promise<ClusterState | undefined>;
}

/** Storage of the state. */
export interface StateStore extends StateReader {
  /** Atomic, 0600, previous versions kept. @returns false if it is the stored state already, and nothing was written */
  save(state: ClusterState): Promise<boolean>;
  remove(): Promise<void>;
}
