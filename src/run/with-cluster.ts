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
import { noKube, openKube } from './open-kube.js';
import type { LockedSession } from './session.js';
import { requireAnyHost, requireAllButWorkers, withUnread, type ReachedHosts } from './unreachable.js';

/** What a command brings, so that the cluster can be reached and read for it. */
export interface ClusterNeeds {
  /** As the user calls it, e.g. `rke up`: for messages. */
  readonly command: string;
  /**
   * `change`: every etcd and control-plane host must be reachable, and the API is asked. `remove`: takes the hosts that
   * are there, and does not listen to the API, which has the lock alone.
   */
  readonly purpose: 'change' | 'remove';
  /** Certificates of the cluster, its administrator's among them; may still be on their way. */
  readonly certificates: CertificateBundle | Promise<CertificateBundle>;
  /** Refuses hosts by what Docker reports of them, before they are read. @throws RunFailedError */
  readonly checkDocker?: (facts: HostSet['facts']) => void;
  /** What should be on the hosts: what is looked for there. */
  readonly plan: (facts: ReadonlyMap<string, HostFacts>, certificates: CertificateBundle) => ClusterPlan;
}

/** A cluster that is locked, connected to and observed, while `withCluster` lasts. */
export interface ObservedRun extends Survey {
  readonly session: LockedSession;
  /** The options of the command; its signal is aborted as well when the lock is lost. */
  readonly options: ClusterOptions;
  readonly certificates: CertificateBundle;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly dockerFacts: HostSet['facts'];
  readonly kube: KubeApi & ExclusiveWrites;
  readonly probe: Probe;
  readonly plan: ClusterPlan;
  /** One failure for each host that the run goes on without. */
  readonly unreached: readonly Failure[];
  /** The lease of the lock is gone with the cluster: there is nothing to release. */
  readonly forgetLock: () => void;
}

/**
 * Connects to the hosts of a cluster, locks it, observes it, and closes everything when the work has ended. Changes nothing.
 *
 * @throws RunFailedError if a host that is needed cannot be reached or used; RkeError STATE_LOCKED (exit 4)
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
  const requireHosts = (reached: ReachedHosts): Failure[] =>
    isRemoval ? requireAnyHost(spec.nodes, reached) : requireAllButWorkers(spec.nodes, reached);

  await using hosts = await connect(session, options);
  requireHosts(hosts);
  refuseWindows(hosts.facts, state);
  needs.checkDocker?.(hosts.facts);
  const certificates = await needs.certificates;
  const plan = needs.plan(hosts.facts, certificates);
  await using api = openKube(session, hosts.hosts, certificates);
  await using lease = await lockCluster({ ...lock, kube: api, events, signal });
  await using silent = noKube();
  const probe = createProbe(certificates);
  const survey: Survey = isRemoval
    ? {
        observed: await observeCluster(plan, hosts, undefined, options),
        facts: new Map(),
        folders: new Map(),
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
    kube: isRemoval ? silent : api,
    probe,
    plan,
    unreached,
    forgetLock: () => lease.forget(),
  });
}

/** A removal starts only what cleans the hosts, so the names of the components are not needed. */
function withoutContainers({ nodes, ...plan }: ClusterPlan): ClusterPlan {
  return { ...plan, nodes: nodes.map((node) => ({ ...node, containers: [] })) };
}
