import type { ClusterSpec, Role } from '../../config/cluster-spec.js';
import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { LeftOut } from '../../reconcile/operations.js';
import type { CertificateRollout } from '../../run/certificates/rollout.js';

export interface UpdateOnlyInput {
  readonly spec: ClusterSpec;
  /** Configuration of the last finished run. */
  readonly running: ClusterSpec | undefined;
  readonly changesEncryption: boolean;
  readonly rollout: Pick<CertificateRollout, 'hasNewCa'>;
  readonly changesNetwork: boolean;
}

/** How far `--update-only` reaches in a run: the new workers, or all, and why. */
export type UpdateOnly =
  { readonly newWorkers: readonly string[] } | { readonly newWorkers: undefined; readonly why: string };

/**
 * Decides what `--update-only` does (RKE cluster/reconcile.go:33-36): containers are changed only on hosts that have the role worker
 * and did not have it in the last finished run. It is cancelled if others must follow: when etcd hosts join, as in RKE
 * (cluster/reconcile.go:200-203), when etcd or control-plane roles leave, and with what all control planes must get together.
 */
export function planUpdateOnly(input: UpdateOnlyInput): UpdateOnly {
  const { spec, running } = input;
  if (running === undefined) return { newWorkers: undefined, why: 'the first run has not finished' };
  const without = (role: Role, [of, others]: readonly [ClusterSpec, ClusterSpec]): string[] => {
    const has = new Set(others.nodes.flatMap((node) => (node.role.includes(role) ? [node.address] : [])));
    return of.nodes.flatMap(({ address, role: roles }) =>
      roles.includes(role) && !has.has(address) ? [address] : [],
    );
  };
  const gained = (role: Role): string[] => without(role, [spec, running]);
  const lost = (role: Role): string[] => without(role, [running, spec]);
  const reasons: readonly (readonly [string, boolean])[] = [
    ['etcd members are added', gained('etcd').length > 0],
    ['etcd members leave', lost('etcd').length > 0],
    ['control planes leave', lost('controlplane').length > 0],
    ['the encryption of Secrets changes', input.changesEncryption],
    ['the CA is replaced', input.rollout.hasNewCa],
    ['the network plugin changes', input.changesNetwork],
  ];
  const why = reasons.flatMap(([reason, isSo]) => (isSo ? [reason] : []));
  return why.length === 0 ? { newWorkers: gained('worker') } : { newWorkers: undefined, why: why.join(', ') };
}

/** What the user must know about what the run leaves out, or does nevertheless. */
export function warnOfUpdateOnly(only: UpdateOnly, leftOut: readonly LeftOut[] = []): string[] {
  if (only.newWorkers === undefined)
    return [`--update-only has no effect, so that everything is applied: ${only.why}`];
  if (leftOut.length === 0) return [];
  const names = [...new Set(leftOut.map(({ container }) => container))].join(', ');
  const hosts = new Set(leftOut.map(({ host }) => host)).size;
  return [
    `--update-only leaves ${names} as they are on ${hosts} ${hosts === 1 ? 'host' : 'hosts'}; \`rke up\` without it applies the rest of cluster.yml`,
  ];
}

/** A new worker would get a kubelet of another version than the kube-apiservers keep: VERSION_SKEW (exit 7). */
export function refuseMixedVersions(
  { newWorkers = [] }: UpdateOnly,
  { spec, running }: Pick<UpdateOnlyInput, 'spec' | 'running'>,
): Failure[] {
  const before = running?.kubernetesVersion;
  if (newWorkers.length === 0 || before === undefined || before === spec.kubernetesVersion) return [];
  const message = `--update-only would give new workers ${spec.kubernetesVersion}, and the control plane keeps ${before}`;
  const fix = `run \`rke up\` without --update-only, or set kubernetes_version to ${before}`;
  return [{ title: 'check versions', error: kubeError('VERSION_SKEW', message, { fix }) }];
}
