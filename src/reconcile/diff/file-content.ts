import { hash } from '../../core/stable.js';
import { pemText } from '../../core/pem-text.js';
import { certificatePath } from '../../pki/required/certificate-paths.js';
import type { CertificateName } from '../../pki/certificates.js';
import type { ClusterPlan, HostFile, NodePlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedFile, ObservedHost } from '../observed.js';

/** True if the file on the host has the planned content. White space in PEM files is ignored. */
export function isSameContent({ content }: Pick<HostFile, 'content'>, found: ObservedFile): boolean {
  if (found.sha256 === hash('sha256', content)) return true;
  return found.pemSha256 !== undefined && found.pemSha256 === hash('sha256', pemText(content));
}

export interface KeepOptions {
  /** True if a host can keep the certificate that it has (pki `hostCertificates`). */
  readonly isAsGood: (name: CertificateName, found: string) => boolean;
  readonly names: readonly CertificateName[];
  /** Paths of files that are being rolled out: written whatever is there. */
  readonly rollout: ReadonlySet<string>;
}

/**
 * The plan with the certificates that hosts have and can keep in place of those of the state: what is not planned to change
 * is neither written nor a reason to restart anything.
 */
export function keepCertificates(
  plan: ClusterPlan,
  observed: ObservedCluster,
  options: KeepOptions,
): ClusterPlan {
  const names = new Map(options.names.map((name) => [certificatePath(name), name]));
  const nodes = plan.nodes.map((node) => {
    const host = observed.hosts.get(node.node.address);
    return host === undefined ? node : withKept(node, host, { ...options, names });
  });
  return { ...plan, nodes };
}

function withKept(
  node: NodePlan,
  { files }: ObservedHost,
  {
    isAsGood,
    names,
    rollout,
  }: Omit<KeepOptions, 'names'> & { readonly names: ReadonlyMap<string, CertificateName> },
): NodePlan {
  const kept = node.files.map((file) => {
    const found = files?.get(file.path);
    const name = names.get(file.path);
    if (found?.certificate === undefined || name === undefined || rollout.has(file.path)) return file;
    return isSameContent(file, found) || !isAsGood(name, found.certificate)
      ? file
      : { ...file, content: found.certificate };
  });
  return kept.some((file, index) => file !== node.files[index]) ? { ...node, files: kept } : node;
}
