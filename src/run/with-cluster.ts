import type { NodeSpec } from '../config/cluster-spec.js';
import type { Failure } from '../core/hosts-error.js';
import type { Probe } from '../execute/run-context.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import type { Host, HostReader } from '../host/host.js';
import type { ExclusiveWrites, KubeApi, KubeReader } from '../kube/kube.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { HostFacts } from '../plan/host-context.js';
import { lockCluster } from '../state/lease-lock.js';
import { refuseForeignContainers } from './checks/foreign-containers.js';
import { listWindows, refuseWindows } from './checks/windows-hosts.js';
import { connect } from './connect.js';
import type { ClusterOptions, HooksOption } from './cluster-options.js';
import { createProbe } from './health-probe.js';
import { observeCluster, surveyCluster, type Survey } from './observe-cluster.js';
import { openEtcd } from './open-etcd.js';
import { createUnusedKube, openKube, type KubeConnection } from './open-kube.js';
import type { LockedSession, Session } from './session.js';
import { warnOfLocks } from './state/warn-of-locks.js';
import { requireAnyHost, requireAllButWorkers, withUnread, type ReachedHosts } from './unreachable.js';

/** What a command needs, so that the cluster can be connected to and observed for it. */
export interface ClusterNeeds {
  /** As the user calls it, e.g. `rke up`; for messages. */
  readonly command: string;
  /**
   * `change`: every etcd and control-plane host must be reachable, unless `ignoresUnreachable`, and the API is read. `list`: any
   * reachable host will do, because only the API is of interest. `remove`: the same, and the API is used only for the lease. `snapshot`: any reachable etcd host
   * will do, and the API is used only for the lease.
   */
  readonly purpose: 'change' | 'list' | 'remove' | 'snapshot';
  /** Nodes that left cluster.yml and leave the cluster in this run: their hosts must be reachable. None by default. */
  readonly leaving?: readonly NodeSpec[];
  /** Addresses of those that are gone for good if their hosts cannot be connected to. */
  readonly abandoned?: ReadonlySet<string>;
  /**
   * Continues without etcd and control-plane hosts that the cluster has and that cannot be reached; absent if the command has no
   * flag for it.
   */
  readonly ignoresUnreachable?: boolean | undefined;
  /** Addresses of nodes of cluster.yml that the run leaves alone: they are not connected to. None by default. */
  readonly leftOut?: ReadonlySet<string>;
  /** Certificates of the cluster, including kube-admin; may still be pending. */
  readonly certificates: CertificateBundle | Promise<CertificateBundle>;
  /** Continues without hosts that run Windows, which are unreachable then; for commands that only read. */
  readonly toleratesWindows?: boolean;
  /** Refuses hosts by the facts of their Docker, before they are read. @throws RunFailedError */
  readonly checkDocker?: (facts: HostSet['facts']) => void;
  /** Plans what should be on the hosts, which is what is observed there. */
  readonly plan: (facts: ReadonlyMap<string, HostFacts>, certificates: CertificateBundle) => ClusterPlan;
}

/** A cluster that is connected to and observed: everything in it can only be read. */
export interface ReadCluster extends Survey {
  readonly session: Session;
  readonly options: ClusterOptions;
  readonly certificates: CertificateBundle;
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly dockerFacts: HostSet['facts'];
  readonly kube: KubeReader;
  readonly probe: Probe;
  readonly plan: ClusterPlan;
  /** One failure for each host that the run continues without. */
  readonly unreached: readonly Failure[];
}

/** A cluster that is locked, connected to and observed, while `withCluster` lasts. */
export interface ObservedRun extends ReadCluster {
  readonly session: LockedSession;
  /** The options of the command; their signal is also aborted if the lock is lost. */
  readonly options: ClusterOptions & HooksOption;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly kube: KubeApi & ExclusiveWrites;
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
  options: ClusterOptions & HooksOption,
  needs: ClusterNeeds,
  work: (cluster: ObservedRun) => Promise<Result>,
): Promise<Result> {
  const { events, signal } = options;
  return withHosts(session, options, needs, async (reached) => {
    await using lease = await lockCluster({ ...session.lock, kube: reached.api, events, signal });
    await using unused = createUnusedKube();
    return await work({
      ...(await readCluster(session, options, needs, reached)),
      session,
      options: { ...options, signal: lease.signal },
      hosts: reached.hosts.hosts,
      kube: usesApi(needs) ? reached.api : unused,
      forgetLock: () => lease.forget(),
    });
  });
}

/**
 * The same for a command that only reads: it takes no lock, and `work` gets nothing that could change the hosts, the cluster or
 * the state. A lock of another run is reported.
 *
 * @throws RunFailedError if a required host cannot be reached or used
 */
export async function withReadCluster<Result>(
  session: Session,
  options: ClusterOptions,
  needs: ClusterNeeds,
  work: (cluster: ReadCluster) => Promise<Result>,
): Promise<Result> {
  return withHosts(session, options, needs, async (reached) => {
    await warnOfLocks(session.paths.state, reached.api, options);
    return work(await readCluster(session, options, needs, reached));
  });
}

/** What is connected to. */
interface Reached {
  readonly hosts: HostSet;
  readonly api: KubeConnection;
  readonly certificates: CertificateBundle;
  readonly plan: ClusterPlan;
}

/** Connects to the hosts, and closes the connections when `work` has ended. */
async function withHosts<Result>(
  session: Session,
  options: ClusterOptions,
  needs: ClusterNeeds,
  work: (reached: Reached) => Promise<Result>,
): Promise<Result> {
  const pending = Promise.resolve(needs.certificates);
  pending.catch(() => undefined); // Awaited below; a failure while hosts are connected to is not unhandled.
  await using connected = await connect(withoutLeftOut(session, needs), options, needs.leaving);
  const hosts = needs.toleratesWindows === true ? withoutWindows(session, connected) : connected;
  requireHosts(session, needs, hosts, hosts);
  refuseWindows(hosts.facts, session.state);
  needs.checkDocker?.(hosts.facts);
  const certificates = await pending;
  const plan = needs.plan(hosts.facts, certificates);
  await using api = openKube(session, hosts.hosts, certificates);
  return await work({ hosts, api, certificates, plan });
}

/** Counts Windows hosts as unreachable. */
function withoutWindows({ state }: Session, { hosts, facts, unreachable, ...rest }: HostSet): HostSet {
  const windows = new Map(listWindows(facts, state).map(({ host, error }) => [host, error]));
  const isLinux = ([address]: readonly [string, unknown]): boolean => !windows.has(address);
  return {
    ...rest,
    hosts: new Map([...hosts].filter(isLinux)),
    facts: new Map([...facts].filter(isLinux)),
    unreachable: new Map([...unreachable, ...windows]),
  };
}

function withoutLeftOut(session: Session, { leftOut = new Set() }: ClusterNeeds): Session {
  const { spec } = session;
  return { ...session, spec: { ...spec, nodes: spec.nodes.filter(({ address }) => !leftOut.has(address)) } };
}

/** Observes the cluster. Reads only. */
async function readCluster(
  session: Session,
  options: ClusterOptions,
  needs: ClusterNeeds,
  { hosts, api, certificates, plan }: Reached,
): Promise<ReadCluster> {
  const isOnHosts = !usesApi(needs);
  const probe = createProbe(certificates);
  const survey: Survey = isOnHosts
    ? {
        observed: await observeCluster(plan, hosts, undefined, options),
        facts: new Map(),
        dataDirs: new Map(),
      }
    : await surveyCluster(plan, hosts, api, options, { probe, etcd: openEtcd(hosts.hosts, certificates) });
  const unreached = requireHosts(session, needs, hosts, withUnread(hosts, survey.observed));
  refuseForeignContainers(
    needs.purpose === 'change' ? plan : withoutContainers(plan),
    survey.observed,
    needs.command,
  );
  return {
    ...survey,
    session,
    options,
    certificates,
    hosts: hosts.hosts,
    dockerFacts: hosts.facts,
    kube: api,
    probe,
    plan,
    unreached,
  };
}

function requireHosts(
  { spec, state }: Session,
  { purpose, leaving = [], abandoned = new Set(), ignoresUnreachable }: ClusterNeeds,
  connected: Pick<HostSet, 'unreachable'>,
  reached: ReachedHosts,
): Failure[] {
  if (purpose === 'change') {
    const isLost = ({ address }: NodeSpec): boolean =>
      abandoned.has(address) && connected.unreachable.has(address);
    return requireAllButWorkers(
      spec.nodes,
      reached,
      leaving.filter((node) => !isLost(node)),
      ignoresUnreachable === undefined
        ? undefined
        : { before: state?.currentState.rkeConfig?.nodes ?? [], isAccepted: ignoresUnreachable },
    );
  }
  const nodes = purpose === 'snapshot' ? spec.nodes.filter(({ role }) => role.includes('etcd')) : spec.nodes;
  return requireAnyHost(nodes, reached);
}

/** False for a command that works on hosts only. */
const usesApi = ({ purpose }: ClusterNeeds): boolean => purpose === 'change' || purpose === 'list';

/** A list starts no container, and a removal only those that clean the hosts, so the names of the components may be taken. */
function withoutContainers({ nodes, ...plan }: ClusterPlan): ClusterPlan {
  return { ...plan, nodes: nodes.map((node) => ({ ...node, containers: [] })) };
}
