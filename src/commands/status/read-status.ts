import type { EventSink } from '../../core/events.js';
import { RkeError } from '../../core/errors.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { configNameOf } from '../../run/cluster-source.js';
import { limitRun } from '../../run/limit-run.js';
import type { Session } from '../../run/session.js';
import { carriesCluster } from '../../reconcile/observed.js';
import { withReadCluster, type ReadCluster } from '../../run/with-cluster.js';
import { readAddonStatuses } from '../addon/list.js';
import { describeEtcd } from '../etcd/etcd-status.js';
import { readBucket } from '../etcd/read-bucket.js';
import { describeNodes } from '../node/list-nodes.js';
import type { ClusterStatus, PendingChanges } from './cluster-status.js';
import { findEarliestEnd } from './earliest-end.js';
import { findBackup } from './find-backup.js';
import { listFindings } from './list-findings.js';
import { listNodeStatuses } from './node-statuses.js';
import { planPending } from './pending-changes.js';
import { isPrepared, prepareStatus, type PreparedStatus } from './prepare-status.js';

/**
 * `rke status`: how a cluster is, with one connection to each host. Changes nothing, takes no lock, and works with any host that can be
 * reached.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), RunFailedError (5, 6) if no host can be reached, TimedOutError (124), or
 *   the signal's reason
 */
export function readStatus(options: ClusterOptions): Promise<ClusterStatus> {
  return limitRun(options, async (limited) => {
    const warnings: string[] = [];
    const noted = { ...limited, events: noteWarnings(limited.events, warnings) };
    const prepared = await prepareStatus(noted);
    const config = configNameOf(options);
    if (!isPrepared(prepared)) return { config, ...describeUncreated(prepared), warnings };
    const { session, needs } = prepared;
    return withReadCluster(session, noted, needs, async (cluster) => ({
      config,
      ...(await describeCluster(cluster, prepared)),
      warnings,
    }));
  });
}

/** Passes events on, and collects the warnings that are about the cluster as a whole: the status has everything about hosts. */
function noteWarnings(events: EventSink, warnings: string[]): EventSink {
  return {
    emit: (event) => {
      if (event.type === 'warning' && event.host === undefined && !warnings.includes(event.message))
        warnings.push(event.message);
      events.emit(event);
    },
  };
}

/** The status without what only the caller knows. */
type Described = Omit<ClusterStatus, 'config' | 'warnings'>;

function describeUncreated({ spec, state, store }: Session): Described {
  const { clusterName: cluster, kubernetesVersion } = spec;
  return {
    cluster,
    kubernetesVersion,
    state: 'not-created',
    nodes: describeNodes({ spec, state }, []),
    addons: [],
    findings: [
      {
        part: 'pending',
        message: `the cluster was not created: there is no state at ${store.location}`,
        fix: 'run `rke up`; if the hosts have the cluster already, rebuild its state with `rke state recover`',
      },
    ],
  };
}

/**
 * Describes a cluster that is connected to and observed.
 *
 * @param reduce leaves out of the pending changes what is no finding
 */
export async function describeCluster(
  cluster: ReadCluster,
  { session, up }: Pick<PreparedStatus, 'session' | 'up'>,
  reduce = (pending: PendingChanges): PendingChanges => pending,
): Promise<Described> {
  const { observed, unreached, plan } = cluster;
  const { clusterName, kubernetesVersion, nodes: specs } = session.spec;
  // A first run may have failed before it changed a host: there is no cluster that could be well or not.
  const isCreated = session.state?.currentState.rkeConfig !== undefined || carriesCluster(observed);
  const hasEtcd = isCreated && specs.some(({ role }) => role.includes('etcd'));
  const [{ pending, plan: run }, etcd, bucket, addons] = await Promise.all([
    planPending(cluster, up),
    hasEtcd ? describeEtcd(cluster) : undefined,
    readBucket(cluster),
    observed.kube === undefined ? [] : readAddonStatuses(cluster).catch(unlessAborted(cluster)),
  ]);
  const failed = new Map(unreached.map(({ host = '', error }) => [host, error]));
  const changes = new Map((run?.nodes ?? []).map((node) => [node.address, node.changes]));
  const messages = new Map([...failed].map(([host, { message }]) => [host, message]));
  const certificates = findEarliestEnd(
    session.state?.desiredState.certificatesBundle ?? {},
    observed,
    new Date(),
  );
  const backup = findBackup(cluster, bucket.objects);
  const parts = {
    nodes: listNodeStatuses(cluster, messages, changes),
    ...(etcd === undefined ? {} : { etcd }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(backup === undefined ? {} : { backup }),
    addons: addons.map(({ name, kind, state, troubles }) => ({ name, kind, state, troubles })),
    pending,
  };
  const findings = listFindings(
    { ...parts, pending: reduce(pending) },
    { plan, observed, failed, bucketFailures: bucket.failures, isCreated },
  );
  return {
    cluster: clusterName,
    kubernetesVersion,
    state: !isCreated ? 'not-created' : findings.length === 0 ? 'healthy' : 'attention',
    ...parts,
    findings,
  };
}

/** An API that stops answering meanwhile is reported by what else was read. */
function unlessAborted({ options }: ReadCluster): (error: unknown) => [] {
  return (error) => {
    options.signal.throwIfAborted();
    if (!(error instanceof RkeError)) throw error;
    options.events.emit({ type: 'warning', message: `cannot read the add-ons (${error.message})` });
    return [];
  };
}
