import { isSamePem } from '../../core/pem-text.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import type { DescribedOperations } from '../../reconcile/description/describe-operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Lists what a run destroys: by the kinds of its operations (`changeKinds`), and a CA that differs from that of the state. A CA
 * that an earlier run has begun to replace was confirmed then.
 *
 * @returns one sentence for each; empty if nothing is lost
 */
export function listDestruction(
  { nodes, clusterChanges }: Pick<DescribedOperations, 'nodes' | 'clusterChanges'>,
  state: ClusterState | undefined,
  certificates: CertificateBundle,
): string[] {
  const ofNodes = nodes.flatMap(({ name, changes }) =>
    unique(changes.flatMap(({ destructive }) => destructive ?? [])).map((text) => `${name}: ${text}`),
  );
  const ofCluster = unique(clusterChanges.flatMap(({ destructive }) => destructive ?? []));
  return [...ofNodes, ...ofCluster, ...(replacesCa(state, certificates) ? [newCa] : [])];
}

const newCa =
  'the CA of the cluster is replaced: kubeconfigs, and service account tokens in use, are no longer valid';

function replacesCa(state: ClusterState | undefined, certificates: CertificateBundle): boolean {
  const before = state?.desiredState.certificatesBundle?.['kube-ca']?.certificatePEM;
  return before !== undefined && !isSamePem(before, certificates['kube-ca']?.certificatePEM);
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
