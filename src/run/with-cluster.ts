import type { Failure } from '../core/hosts-error.js';
import type { Probe } from '../execute/run-context.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import type { Host } from '../host/host.js';
import type { KubeApi, ExclusiveWrites } from '../kube/kube.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { HostFacts } from '../plan/host-context.js';
import { lockCluster } from '../state/lease-lock.js';
import { refuseForeignContainers } from './checks/foreign-containers.js';
import { refuseWindows } from './checks/windows-hosts.js';
import { connect } from './connect.js';
import type { ClusterOptions } from './cluster-options.js';
import { createProbe } from './health-probe.js';
import { observeCluster, surveyCluster, type Survey } from './observe-cluster.js';
import { createUnusedKube, openKube } from './open-kube.js';
import type { LockedSession } from './session.js';
import { requireAnyHost, requireAllButWorkers, withUnread, type ReachedHosts } from './unreachable.js';

/** What a command needs, so that the cluster can be connected to and observed for it. */
export interface ClusterNeeds {
  /** As the user calls it, e.g. `rke up`; for messages. */
  readonly command: string;
  /**
   * `change`: every etcd and control-plane host must be reachable, and the API is read. `remove`: any reachable host will do,
   * and the API is used only for the lease.
   */
  readonly purpose: 'change' | 'remove';
  /** Certificates of the cluster, including kube-admin; may still be pending. */
  readonly certificates: CertificateBundle | Promise<CertificateBundle>;
  /** Refuses hosts by the facts of their Docker, before they are read. @throws RunFailedError */
  readonly checkDocker?: (facts: HostSet['facts']) => void;
  /** Plans what should be on the hosts, which is what is observed there. */
  readonly plan: (facts: ReadonlyMap<string, HostFacts>, certificates: CertificateBundle) => ClusterPlan;
}

/** A cluster that is locked, connected to and observed, while `withCluster` lasts. */
export interface ObservedRun extends Survey {
  readonly session: LockedSession;
  /** The options of the command; their signal is also aborted if the lock is lost. */
  readonly options: ClusterOptions;
  readonly certificates: CertificateBundle;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly dockerFacts: HostSet['facts'];
  readonly kube: KubeApi & ExclusiveWrites;
  readonly probe: Probe;
  readonly plan: ClusterPlan;
  /** One failure for each host that the run continues without. */
  readonly unreached: readonly Failure[];
  /** Leaves the lease unreleased, because it was removed with the cluster. */
  readonly forgetLock: () => void;
}

/**
 * Connects to the hosts of a cluster, locks it, observes it, and closes everything when `work` has ended. Changes nothing itself.
 *
 * @throws RunFailedError if a required host cannot be reached or used; RkeError STATE_LOCKED (exit 4)
 */
export async function withCluster<Result>(
  session: LockedSession,
  options: ClusterOptions,
  needs: ClusterNeeds,
  work: (cluster: ObservedRun) => Promise<Result>,
): Promise<Result> {
  const { spec, state, lock } = session;
  const { events, signal } = options;
  const isRemoval = needs.purpose === 'remove';
  const pending = Promise.resolve(needs.certificates);
  pending.catch(() => undefined); // Awaited below; a failure while hosts are connected to is not unhandled.
  const requireHosts = (reached: ReachedHosts): Failure[] =>
    isRemoval ? requireAnyHost(spec.nodes, reached) : requireAllButWorkers(spec.nodes, reached);

  await using hosts = await connect(session, options);
  requireHosts(hosts);
  refuseWindows(hosts.facts, state);
  needs.checkDocker?.(hosts.facts);
  const certificates = await pending;
  const plan = needs.plan(hosts.facts, certificates);
  await using api = openKube(session, hosts.hosts, certificates);
  await using lease = await lockCluster({ ...lock, kube: api, events, signal });
  await using unused = createUnusedKube();
  const probe = createProbe(certificates);
  const survey: Survey = isRemoval
    ? {
        observed: await observeCluster(plan, hosts, undefined, options),
        facts: new Map(),
        dataDirs: new Map(),
      }
    : await surveyCluster(plan, hosts, api, options, probe);
  const unreached = requireHosts(withUnread(hosts, survey.observed));
  refuseForeignContainers(isRemoval ? withoutContainers(plan) : plan, survey.observed, needs.command);
  return await work({
    ...survey,
    session,
    options: { ...options, signal: lease.signal },
    certificates,
    hosts: hosts.hosts,
    dockerFacts: hosts.facts,
    kube: isRemoval ? unused : api,
    probe,
    plan,
    unreached,
    forgetLock: () => lease.forget(),
  });
}

/** A removal starts only containers that clean the hosts, so the names of the components may be taken. */
function withoutContainers({ nodes, ...plan }: ClusterPlan): ClusterPlan {
  return { ...plan, nodes: nodes.map((node) => ({ ...node, containers: [] })) };
}
