import { etcdError } from '../../core/errors.js';
import { etcdCertificateName } from '../../pki/required/certificate-paths.js';
import { decideRecovery, type Recovery } from '../../reconcile/etcd-care/decide-recovery.js';
import { recoveryOperations } from '../../reconcile/etcd-care/recovery-operations.js';
import type { Operation } from '../../reconcile/operations.js';
import type { Finished } from '../../run/apply.js';
import { planEncryption } from '../../run/encryption/encryption-of-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { LockedSession } from '../../run/session.js';
import { throwMissing } from '../../run/state/open-state.js';
import type { ClusterNeeds, ObservedRun } from '../../run/with-cluster.js';
import { surveyCluster } from './etcd-status.js';
import { workOnEtcd, type EtcdWork, type EtcdWorkOptions } from './work-on-etcd.js';

/** What `rke etcd recover-quorum -o json` prints: the names are a contract. */
export interface RecoveredEtcd {
  /** The member that became the only one; absent if etcd was recovered before. */
  readonly survivor?: string;
  /** Revision of its data; absent if it did not answer. */
  readonly revision?: number;
  /** Hosts whose old data was moved aside. */
  readonly setAside: readonly string[];
  /** Members that joined again. */
  readonly joined: readonly string[];
  /** Etcd hosts of cluster.yml that were not reached. */
  readonly unreached: readonly string[];
}

export interface RecoverQuorumOptions extends EtcdWorkOptions {
  /** Called with what is done before it is confirmed. */
  readonly onDecided?: (recovered: RecoveredEtcd) => void;
}

const command = 'etcd recover-quorum';

/**
 * `rke etcd recover-quorum`: makes the survivor with the highest revision a cluster of one, and grows it back. Members of the old
 * cluster that came back later join again, too.
 *
 * @throws RkeError ETCD_MAJORITY or ETCD_RECOVERY (exit 8), NOT_CONFIRMED (2), STATE_MISSING (4); RunFailedError (exit 8)
 */
export function recoverQuorum(options: RecoverQuorumOptions): Promise<Finished> {
  return workOnEtcd(
    options,
    command,
    async (cluster) => {
      const recovery = decideRecovery(await surveyCluster(cluster), cluster.observed);
      if (recovery.kind === 'refuse') throw etcdError(recovery.code, recovery.why, { fix: recovery.fix });
      const work = planRecovery(cluster, recovery);
      options.onDecided?.(describeRecovery(cluster, recovery, work.operations));
      return work;
    },
    recoveryNeeds,
  );
}

/** Plans everything on the etcd hosts, because members join as `rke up` adds them. */
function recoveryNeeds(session: LockedSession): ClusterNeeds {
  const { spec, state, store } = session;
  if (state === undefined) throwMissing(store);
  const certificates = state.desiredState.certificatesBundle ?? {};
  const { text: encryptionConfig } = planEncryption(spec, state);
  return {
    command: `rke ${command}`,
    purpose: 'snapshot',
    certificates,
    plan: (facts) => planCluster(session, facts, { certificates, encryptionConfig }),
  };
}

function planRecovery(cluster: ObservedRun, recovery: Exclude<Recovery, { kind: 'refuse' }>): EtcdWork {
  const { plan, observed, session, certificates } = cluster;
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const nodes = session.spec.nodes.filter(({ role }) => role.includes('etcd'));
  const mayJoin = new Set(
    nodes.flatMap((node) => (certificates[etcdCertificateName(node)] === undefined ? [] : node.address)),
  );
  const operations = recoveryOperations({ plan, observed, recovery, mayJoin, stamp });
  return {
    operations,
    isWithoutUnreached: true,
    destructive: [...listLoss(recovery, listUnreached(cluster)), ...operations.flatMap(describeAside)],
    summary: operations
      .filter(({ kind }) => kind !== 'await-healthy')
      .map(({ title, host }) => (host === undefined ? title : `${title} on ${host}`)),
  };
}

/** What may be lost, one sentence each. */
function listLoss(recovery: Exclude<Recovery, { kind: 'refuse' }>, unreached: readonly string[]): string[] {
  const warnings = unreached.map(
    (name) =>
      `${name} cannot be reached: if its host still runs, with its old data it may form a second cluster; keep it off until it is reinstalled, or run this command again when it is back`,
  );
  if (recovery.kind === 'rejoin') return warnings;
  const { name, status } = recovery.survivor;
  const revision = status === undefined ? '' : ` with revision ${status.revision}`;
  return [
    `${name} becomes the only etcd member${revision}: writes that it does not have are lost, such as those of the last moments before the others were lost`,
    ...warnings,
  ];
}

const describeAside = (operation: Operation): string[] =>
  operation.kind === 'set-aside-etcd' || operation.kind === 'recover-etcd'
    ? [
        operation.kind === 'recover-etcd'
          ? `${operation.host ?? ''}: the data as it is now is copied to ${operation.aside}`
          : `${operation.host ?? ''}: the data of the old cluster is moved to ${operation.aside}`,
      ]
    : [];

function listUnreached({ plan, observed }: ObservedRun): string[] {
  return (plan.members ?? []).flatMap(({ name, host }) => (observed.hosts.has(host) ? [] : [name]));
}

function describeRecovery(
  cluster: ObservedRun,
  recovery: Exclude<Recovery, { kind: 'refuse' }>,
  operations: readonly Operation[],
): RecoveredEtcd {
  const survivor = recovery.kind === 'recover' ? recovery.survivor : undefined;
  return {
    ...(survivor === undefined ? {} : { survivor: survivor.name }),
    ...(survivor?.status === undefined ? {} : { revision: survivor.status.revision }),
    setAside: operations.flatMap(({ kind, host }) =>
      kind === 'set-aside-etcd' && host !== undefined ? [host] : [],
    ),
    joined: operations.flatMap((one) => (one.kind === 'promote-member' ? [one.name] : [])),
    unreached: listUnreached(cluster),
  };
}
