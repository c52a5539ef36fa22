import type { ClusterSpec } from '../config/cluster-spec.js';
import type { CertificateBundle } from '../pki/certificates.js';

/** One of the two halves of cluster.rkestate (RKE cluster/state.go State). */
export interface StateHalf {
  readonly rkeConfig?: ClusterSpec;
  readonly certificatesBundle?: CertificateBundle;
  readonly encryptionConfig?: string;
}

/** cluster.rkestate: what should be, and what the last finished run left. */
export interface ClusterState {
  readonly desiredState: StateHalf;
  readonly currentState: StateHalf;
}

/** Where state is kept. */
export interface StateStore {
  /** Path or name for messages. */
  readonly location: string;
  /** undefined where there is none; throws RkeError (exit 4) where it cannot be read. */
  load(): Promise<ClusterState | undefined>;
  /** Atomic, 0600, previous versions kept. Gives false, and writes nothing, where it holds just that already. */
  save(state: ClusterState): Promise<boolean>;
  remove(): Promise<void>;
}
