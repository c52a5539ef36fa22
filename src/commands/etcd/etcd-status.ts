import { surveyEtcd } from '../../execute/survey-etcd.js';
import { assessEtcd, type EtcdAssessment } from '../../reconcile/etcd-care/assess-etcd.js';
import type { EtcdSurvey } from '../../reconcile/etcd-care/etcd-survey.js';
import { readQuota } from '../../reconcile/etcd-care/quota.js';
import {
  listSnapshotAges,
  oldSnapshotFault,
  type SnapshotAge,
} from '../../reconcile/snapshots/snapshot-age.js';
import { findSchedule } from '../../reconcile/snapshots/snapshot-schedule.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { openEtcd } from '../../run/open-etcd.js';
import { openSession, unfinishedRestore } from '../../run/session.js';
import { throwMissing } from '../../run/state/open-state.js';
import { withReadCluster, type ReadCluster } from '../../run/with-cluster.js';
import { etcdNeeds, toEtcdSpec } from './etcd-session.js';

/** What `rke etcd status -o json` prints: the names are a contract. */
export interface EtcdReport extends EtcdAssessment {
  readonly cluster: string;
  /** The last good snapshot on each host that was reached. */
  readonly snapshots: readonly SnapshotAge[];
  /** Between two recurring snapshots; absent if none are taken. */
  readonly intervalSeconds?: number;
}

/**
 * `rke etcd status`: how the members of etcd and the snapshots are. Changes nothing, takes no lock, and works with members that are
 * down.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), RunFailedError (5, 6) if no etcd host can be reached
 */
export function readEtcdStatus(options: ClusterOptions): Promise<EtcdReport> {
  return limitRun(options, async () => {
    const opened = await openSession(options, { forChange: false });
    if (opened.state === undefined) throwMissing(opened.store);
    const session = { ...opened, spec: toEtcdSpec(opened.spec) };
    return withReadCluster(session, options, etcdNeeds(session, 'etcd status'), describeEtcd);
  });
}

/** The members and the snapshots of a cluster that is connected to and observed. */
export async function describeEtcd(cluster: ReadCluster): Promise<EtcdReport> {
  const { plan, observed, session } = cluster;
  const assessed = assessEtcd(await surveyCluster(cluster), quotasOf(cluster));
  const fault = oldSnapshotFault(plan, observed);
  const unfinished = unfinishedRestore(session.state);
  const schedule = findSchedule(plan);
  return {
    cluster: session.spec.clusterName,
    ...assessed,
    problems: [
      ...(unfinished === undefined ? [] : [`${unfinished.message}; ${unfinished.fix ?? ''}`]),
      ...assessed.problems,
    ],
    advice: [...assessed.advice, ...(fault === undefined ? [] : [fault])],
    snapshots: listSnapshotAges(observed),
    ...(schedule === undefined ? {} : { intervalSeconds: schedule.intervalSeconds }),
  };
}

/** Asks all members. */
export function surveyCluster(cluster: ReadCluster): Promise<EtcdSurvey> {
  const { plan, hosts, certificates, options } = cluster;
  return surveyEtcd(plan, { hosts, etcd: openEtcd(hosts, certificates), signal: options.signal });
}

/** The quota of a member's database, by its host: of the container that runs, otherwise as planned. */
export function quotasOf({
  plan,
  observed,
}: Pick<ReadCluster, 'plan' | 'observed'>): (host: string) => number {
  return (host) => {
    const running = observed.hosts.get(host)?.containers.get('etcd');
    const planned = plan.nodes
      .find(({ node }) => node.address === host)
      ?.containers.find(({ name }) => name === 'etcd');
    return readQuota(running ?? planned ?? { cmd: [], env: [] });
  };
}
