import type { ClusterSpec, S3Backup } from '../../config/cluster-spec.js';
import { etcdError, exitCodes } from '../../core/errors.js';
import { InterruptedError, RunFailedError } from '../../core/hosts-error.js';
import type { ClusterPlan, NodePlan } from '../../plan/cluster-plan-types.js';
import { snapshotTaker } from '../../reconcile/snapshots/snapshot-schedule.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { Session } from '../../run/session.js';
import type { ClusterNeeds } from '../../run/with-cluster.js';

/** What a command on etcd needs of the cluster: any etcd host that can be reached, and the API for the lease alone. */
export function etcdNeeds(session: Session, command: string): ClusterNeeds {
  return {
    command: `rke ${command}`,
    purpose: 'snapshot',
    certificates: session.state?.desiredState.certificatesBundle ?? {},
    plan: (facts) => onlyEtcd(planCluster(session, facts, noSecrets)),
  };
}

const noSecrets = { certificates: {}, encryptionConfig: '' };

/**
 * The cluster as far as commands on etcd need it: etcd hosts, and control planes, whose API has the lock. Workers are not contacted.
 *
 * @throws RkeError ETCD_NO_HOSTS if etcd is external
 */
export function toEtcdSpec(spec: ClusterSpec, s3?: S3Backup): ClusterSpec {
  const { etcd } = spec.services;
  if (!spec.nodes.some(({ role }) => role.includes('etcd')))
    throw etcdError('ETCD_NO_HOSTS', 'cluster.yml has no etcd host: etcd is external', {
      fix: 'use etcdctl where the external etcd runs, e.g. `etcdctl snapshot save FILE`',
    });
  const withS3 =
    s3 === undefined ? etcd : { ...etcd, backupConfig: { ...etcd.backupConfig, s3BackupConfig: s3 } };
  return {
    ...spec,
    nodes: spec.nodes.filter(({ role }) => role.some((one) => one !== 'worker')),
    services: { ...spec.services, etcd: withS3 },
  };
}

/** Leaves of the plan what these commands need to know: whether etcd runs, and whether the image of its tools is there. */
function onlyEtcd({ nodes, ...plan }: ClusterPlan): ClusterPlan {
  return {
    ...plan,
    nodes: nodes.flatMap((node): NodePlan[] =>
      node.snapshot === undefined
        ? []
        : [
            {
              ...node,
              containers: node.containers.filter(({ name }) => name === 'etcd' || name === snapshotTaker),
              files: [],
              directories: [],
              images: [node.snapshot.container.image],
            },
          ],
    ),
    addons: [],
  };
}

/** What failed on one host is a failure of etcd, whatever the others did. */
export function throwAsEtcdFailure(error: unknown): never {
  const isPartial = error instanceof RunFailedError && error.exitCode === exitCodes.partial;
  throw isPartial && !(error instanceof InterruptedError)
    ? new RunFailedError(error.failures, { exitCode: exitCodes.etcd, cause: error, hasBegun: error.hasBegun })
    : error;
}

/** Whatever stops a restore after the first member has the new data, the same command continues it. */
export function throwAsBegun(error: unknown): never {
  throw error instanceof RunFailedError && !error.hasBegun
    ? new RunFailedError(error.failures, { exitCode: error.exitCode, cause: error, hasBegun: true })
    : error;
}
