import { etcdError, kubeError, sshError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { keyPath } from '../../pki/required/certificate-paths.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { createNodeFinder } from '../../reconcile/diff/find-node.js';
import type { AwaitMembers } from '../../reconcile/kinds/wait-kinds.js';
import { planMembership } from '../../reconcile/membership/plan-membership.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { etcdQuorum } from '../../reconcile/operation-ids.js';
import type { Operation } from '../../reconcile/operations.js';
import { listAbsentMembers, type AbsentMembers } from '../../reconcile/order/absent-nodes.js';
import type { CertificateRollout } from '../../run/certificates/rollout.js';

/** What a run would change for all etcd and control-plane hosts at once. */
export interface CommonChanges {
  /** Versions of Kubernetes before and after the run. */
  readonly versions: readonly [before: string | undefined, after: string];
  readonly changesEncryption: boolean;
  readonly rollout: Pick<CertificateRollout, 'hasNewCa' | 'files'>;
}

/**
 * Refuses what a run must not do without etcd and control-plane hosts that were not reached (`--ignore-unreachable`): a step that may
 * lose the majority, because unreachable members count as not healthy, and changes that all of them must have.
 *
 * @returns failures ETCD_QUORUM (exit 8), TOO_FEW_HEALTHY (7) and MEMBERS_UNREACHABLE (5)
 */
export function refuseWithoutMembers(
  plan: ClusterPlan,
  observed: ObservedCluster,
  operations: readonly Operation[],
  changes: CommonChanges,
): Failure[] {
  const absent = listAbsentMembers(plan, observed, {
    membership: planMembership(plan, observed),
    findNode: createNodeFinder(observed.kube?.nodes.values() ?? []),
  });
  if (absent.etcd.length + absent.controlplane.length === 0) return [];
  return [
    ...operations.flatMap((one) => refuseGuard(one, operations, absent)),
    ...operations.flatMap((one) => refuseGate(one, absent)),
    ...refuseCommon(changes, absent),
  ];
}

/** A member that may be interrupted because nothing is lost by that is not refused: the guard looks at that moment. */
function refuseGuard(one: Operation, operations: readonly Operation[], absent: AbsentMembers): Failure[] {
  if (one.kind !== 'await-members' || one.own !== undefined || one.need <= one.members.length) return [];
  const step = operations.find(({ after }) => after.includes(one.id));
  if (step === undefined) return [];
  const plane = one.stage === 'etcd' ? 'etcd' : 'controlplane';
  const message = `cannot ${step.title}: ${countOthers(one)} (unreachable: ${absent[plane].join(', ')})`;
  const host = step.host === undefined ? {} : { host: step.host };
  const details = { ...host, fix: fixFor(absent[plane]) };
  const error =
    plane === 'etcd'
      ? etcdError('ETCD_QUORUM', message, details)
      : kubeError('TOO_FEW_HEALTHY', message, details);
  return [{ title: step.title, ...host, error }];
}

const countOthers = ({ members, need }: AwaitMembers): string =>
  `${members.length} other ${members.length === 1 ? 'member' : 'members'} can be healthy without it, and ${need} ${need === 1 ? 'is' : 'are'} needed`;

/** A control plane is started or changed only when a majority of etcd is healthy. */
function refuseGate(one: Operation, { etcd }: AbsentMembers): Failure[] {
  if (one.id !== etcdQuorum || one.kind !== 'await-healthy' || one.need <= one.checks.length) return [];
  const reached = one.checks.length;
  const title = 'change the control plane';
  const message = `cannot ${title}: ${reached} of ${reached + etcd.length} etcd members can be reached, and ${one.need} must be healthy (unreachable: ${etcd.join(', ')})`;
  return [{ title, error: etcdError('ETCD_QUORUM', message, { fix: fixFor(etcd) }) }];
}

function refuseCommon(
  { versions: [before, after], changesEncryption, rollout }: CommonChanges,
  { etcd, controlplane }: AbsentMembers,
): Failure[] {
  const refuse = (what: string, without: readonly string[], why: string): Failure[] => {
    if (without.length === 0) return [];
    const message = `cannot ${what}: ${why} (unreachable: ${without.join(', ')})`;
    const fix = `${fixFor(without)}; or undo the change`;
    return [{ title: what, error: sshError('MEMBERS_UNREACHABLE', message, { fix }) }];
  };
  const all = [...new Set([...etcd, ...controlplane])];
  const isUpgrade = before !== undefined && before !== after;
  return [
    ...(isUpgrade
      ? refuse(
          `change kubernetes_version from ${before} to ${after}`,
          controlplane,
          'kubelets and controllers would be newer than a kube-apiserver that keeps its version',
        )
      : []),
    ...(changesEncryption
      ? refuse(
          'change the encryption of Secrets',
          controlplane,
          'a kube-apiserver without the new key cannot read what the others write',
        )
      : []),
    ...(rollout.hasNewCa ? refuse('replace the CA', all, 'a host with the old CA trusts no other') : []),
    ...(rollout.files.has(keyPath('kube-service-account-token'))
      ? refuse(
          'replace the key of service accounts',
          controlplane,
          'a kube-apiserver with the old key rejects the new tokens of pods',
        )
      : []),
  ];
}

const fixFor = (hosts: readonly string[]): string =>
  `make the hosts reachable, then run the same command again; what is gone for good is removed with \`rke node remove ${hosts.join(' ')} --force\``;
