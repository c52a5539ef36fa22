import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { KubeApi } from '../../kube/kube.js';
import type { HostTexts } from '../../pki/bundle/recover-bundle.js';
import type { CaKeyPair } from '../../pki/x509/x509.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { AdminPair } from './admin-beside.js';

/** Where a state can be rebuilt from, in the order in which they are tried. */
export const recoverySources = ['cluster', 'hosts', 'snapshot'] as const;
export type RecoverySource = (typeof recoverySources)[number];

/** A state that was rebuilt. */
export interface Recovered {
  readonly source: RecoverySource;
  /** For people, e.g. `Secret kube-system/full-cluster-state`. */
  readonly from: string;
  readonly state: ClusterState;
  /** What it does not have, or may be behind in; one sentence each. */
  readonly missing: readonly string[];
}

/** What was found on the hosts, as far as they were reached. */
export interface FoundOnHosts {
  /**
   * The authority of the first control-plane host that has it with its key; where none has, of the first one at all, with an
   * empty key: it is the user's own.
   */
  readonly authority: (CaKeyPair & { readonly host: string }) | undefined;
  /** Files of that host, and what other hosts of the same authority have beside them. */
  readonly files: HostTexts;
  /** Hosts whose authority is another one. */
  readonly foreign: readonly string[];
  /** Images of the hosts' Kubernetes components, each once. */
  readonly kubernetesImages: readonly string[];
  /** Why hosts could not be read. */
  readonly failures: readonly string[];
}

/** What the sources work with. */
export interface RecoverInput {
  readonly spec: ClusterSpec;
  readonly catalog: Pick<VersionCatalog, 'versions' | 'systemImages'>;
  readonly found: FoundOnHosts;
  /** The API, with a certificate of the authority that was found, else by the kubeconfig; undefined without both. */
  readonly kube: KubeApi | undefined;
  /** An administrator: a fresh one, or of the kubeconfig beside the state file where the authority has no key. */
  readonly admin?: AdminPair | undefined;
  /** The archive's bytes and its path, where one was named. */
  readonly snapshot: { readonly file: string; readonly content: Buffer } | undefined;
  readonly now: Date;
  readonly createKey: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** A source gives a state, or says in one sentence why it has none. */
export type Recovery = Recovered | { readonly why: string };
