import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { KubeApi } from '../../kube/kube.js';
import type { HostTexts } from '../../pki/bundle/recover-bundle.js';
import type { CaKeyPair } from '../../pki/x509/x509.js';
import type { ZipSource } from '../../state/zip.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { AdminPair } from './read-admin.js';

/** Sources of a state, in the order in which they are tried. */
export const recoverySources = ['cluster', 'hosts', 'snapshot'] as const;
export type RecoverySource = (typeof recoverySources)[number];

/** A recovered state. */
export interface Recovered {
  readonly source: RecoverySource;
  /** Its source in words, e.g. `Secret kube-system/full-cluster-state`. */
  readonly from: string;
  readonly state: ClusterState;
  /** What the state lacks, or may have in an older version. */
  readonly missing: readonly string[];
}

/** What was found on the reached hosts. */
export interface FoundOnHosts {
  /**
   * The CA of the first host that has it with its key. If none has the key, it is a custom CA: that of the first control plane,
   * with an empty key.
   */
  readonly ca: (CaKeyPair & { readonly host: string }) | undefined;
  /** Files of that host, and additional ones of other hosts with the same CA. */
  readonly files: HostTexts;
  /** Addresses of hosts with a different CA. */
  readonly foreign: readonly string[];
  /** Images of the Kubernetes components on the hosts, without duplicates. */
  readonly kubernetesImages: readonly string[];
  /** Why hosts could not be read. */
  readonly failures: readonly string[];
}

/** Input of the sources. */
export interface RecoverInput {
  readonly spec: ClusterSpec;
  readonly catalog: Pick<VersionCatalog, 'versions' | 'systemImages'>;
  readonly found: FoundOnHosts;
  /** The API, with a certificate of the CA that was found, otherwise with the kubeconfig; undefined without both. */
  readonly kube: KubeApi | undefined;
  /** kube-admin: newly issued, or from the kubeconfig beside the state file if the CA has no key. */
  readonly admin?: AdminPair | undefined;
  /** Path of the snapshot archive, and how it is read, if one was given. */
  readonly snapshot: { readonly file: string; readonly archive: ZipSource } | undefined;
  readonly now: Date;
  readonly createKey: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** A recovered state, or why a source has none. */
export type Recovery = Recovered | { readonly why: string };
