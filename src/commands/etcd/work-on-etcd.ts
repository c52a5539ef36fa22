import type { S3Backup } from '../../config/cluster-spec.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { execute } from '../../run/execute.js';
import { limitRun } from '../../run/limit-run.js';
import { emitPlanMade, emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type LockedSession } from '../../run/session.js';
import { withCluster, type ClusterNeeds, type ObservedRun } from '../../run/with-cluster.js';
import { requireConfirmation, type Confirm, type Destruction } from '../up/confirm.js';
import { etcdNeeds, throwAsEtcdFailure, toEtcdSpec } from './etcd-session.js';
import { planOf, type Operation } from '../../reconcile/operations.js';
import type { Finished } from '../../run/apply.js';

export interface EtcdWorkOptions extends ClusterOptions {
  /** Replaces `s3backupconfig` of cluster.yml. */
  readonly s3?: S3Backup | undefined;
  /** Called before something is destroyed; without it, such a run is refused. */
  readonly confirm?: Confirm<Destruction> | undefined;
}

/** What a command on etcd does. */
export interface EtcdWork {
  readonly operations: readonly Operation[];
  /** What is lost, one sentence each; it is confirmed first. */
  readonly destructive?: readonly string[];
  /** What it does, in short. */
  readonly summary?: readonly string[];
  /** Hosts that were not reached are no failures: they are what it is about. */
  readonly isWithoutUnreached?: boolean;
  /** What fails the run at its end, besides hosts that were not reached: such as a bucket that could not be read. */
  readonly failures?: readonly Failure[];
}

/**
 * Decides and does some work on the etcd hosts, under the lock of the cluster. It changes neither the state nor what differs from
 * cluster.yml.
 *
 * @param command as the user calls it, without `rke`
 * @throws RunFailedError (exit 8 if a host failed, 5 if none was reached); RkeError NOT_CONFIRMED (exit 2)
 */
export function workOnEtcd(
  options: EtcdWorkOptions,
  command: string,
  decide: (cluster: ObservedRun) => EtcdWork | Promise<EtcdWork>,
  createNeeds: (session: LockedSession) => ClusterNeeds = (session) => etcdNeeds(session, command),
): Promise<Finished> {
  return limitRun(options, async (limited) => {
    await using opened = await openLockedSession(limited, { forChange: false, command: `rke ${command}` });
    const session: LockedSession = { ...opened, spec: toEtcdSpec(opened.spec, limited.s3) };
    emitRunStarted(limited, command, session.spec);
    return await withCluster(session, limited, createNeeds(session), async (cluster) => {
      const {
        operations,
        destructive = [],
        summary,
        isWithoutUnreached = false,
        failures = [],
      } = await decide(cluster);
      const plan = planOf(operations);
      emitPlanMade(limited.events, plan, summary);
      await requireConfirmation(
        { destructive },
        limited.confirm,
        cluster.options,
        `run \`rke ${command} --yes\``,
      );
      const unreached = [...(isWithoutUnreached ? [] : cluster.unreached), ...failures];
      await execute({ ...cluster, unreached }, plan).catch(throwAsEtcdFailure);
      return { done: operations.length, unchanged: plan.unchanged };
    });
  });
}
