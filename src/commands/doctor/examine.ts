import { findNode } from '../../config/find-node.js';
import { exitCodes, RkeError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { configNameOf } from '../../run/cluster-source.js';
import { limitRun } from '../../run/limit-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import { openSession, type Session } from '../../run/session.js';
import { withReadCluster, type ClusterNeeds } from '../../run/with-cluster.js';
import { isPrepared, prepareStatus, type PreparedStatus } from '../status/prepare-status.js';
import type { DoctorFinding, DoctorReport, ExaminedHost } from './doctor-report.js';
import { examineHosts, unreachedOf, type Examined } from './examine-hosts.js';
import { examineWithoutDocker, judge } from './examine-without-docker.js';
import { findingOfFailure, findingsOfChecks } from './host-findings.js';
import { hasOwnSocket } from '../../host/connect/ssh-node.js';
import { pointToPrepare } from './point-to-prepare.js';

export interface DoctorOptions extends ClusterOptions {
  /** Names or addresses of the nodes to examine, without the cluster as a whole; by default all, and the cluster. */
  readonly nodes?: readonly string[] | undefined;
}

/**
 * `rke doctor`: examines hosts, with or without a cluster, and a running cluster. Changes nothing, starts nothing on a host and takes no
 * lock. Trouble of one host never stops the others.
 *
 * @throws ConfigError (exit 3), RkeError USAGE (exit 2) for an unknown node, TimedOutError (124), or the signal's reason
 */
export function examine(options: DoctorOptions): Promise<DoctorReport> {
  return limitRun(options, async (limited) => {
    const opened = await prepare(limited);
    const { session, stateFinding } = opened;
    const { nodes: all } = session.spec;
    const nodes =
      options.nodes === undefined
        ? all
        : [...new Set(options.nodes.map((name) => findNode(name, all, '--nodes: ')))];
    const examined = new Set(nodes.map(({ address }) => address));
    const leftOut = new Set(all.map(({ address }) => address).filter((address) => !examined.has(address)));
    const isWhole = options.nodes === undefined;
    const ownSockets = new Set(all.filter(hasOwnSocket).map(({ address }) => address));
    const result = await withReadCluster(session, limited, { ...opened.needs, leftOut }, (cluster) =>
      examineHosts(cluster, { ...opened, examined, isWhole }),
    ).catch(async (error: unknown): Promise<Examined> => {
      limited.signal.throwIfAborted();
      // The jump host that all others are behind.
      if (isOfSsh(error)) return { ...nothing, findings: [findingOfFailure({ error })], unreached: examined };
      if (!(error instanceof RunFailedError)) throw error;
      const failures = error.failures.filter(({ host }) => host === undefined || examined.has(host));
      return examineUnreached(failures, session, limited);
    });
    const found = [...(stateFinding === undefined || !isWhole ? [] : [stateFinding]), ...result.findings];
    const findings = found.map((finding) => pointToPrepare(finding, ownSockets));
    return {
      config: configNameOf(options),
      cluster: session.spec.clusterName,
      hosts: nodes.map(({ address, hostnameOverride }) => ({
        address,
        name: hostnameOverride,
        status: statusOf(address, findings, result.unreached),
      })),
      findings: findings.toSorted(
        (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
      ),
      notExamined: result.notExamined,
    };
  });
}

const nothing: Examined = { findings: [], notExamined: [], unreached: new Set() };

const isOfSsh = (error: unknown): error is RkeError =>
  error instanceof RkeError && !(error instanceof RunFailedError) && error.exitCode === exitCodes.ssh;

interface Opened {
  readonly session: Session;
  readonly needs: ClusterNeeds;
  /** Absent without a usable state. */
  readonly prepared?: PreparedStatus;
  readonly stateFinding?: DoctorFinding;
}

/** With a state, the cluster is read as by `rke status`; without one, hosts are examined as new ones. */
async function prepare(options: ClusterOptions): Promise<Opened> {
  try {
    const prepared = await prepareStatus(options);
    if (isPrepared(prepared))
      return { session: prepared.session, needs: { ...prepared.needs, command: 'rke doctor' }, prepared };
    return { session: prepared, needs: needsOf(prepared) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof RkeError) || !error.code.startsWith('STATE_')) throw error;
    const session = await openSession(options, { forChange: false, withoutState: true });
    return { session, needs: needsOf(session), stateFinding: findingOfFailure({ error }, 'state') };
  }
}

function needsOf(session: Session): ClusterNeeds {
  return {
    command: 'rke doctor',
    purpose: 'list',
    toleratesWindows: true,
    certificates: {},
    plan: (facts) => planCluster(session, facts, { certificates: {}, encryptionConfig: '' }),
  };
}

/** Without a single host that can be used, what is left to examine is why. */
async function examineUnreached(
  failures: readonly Failure[],
  session: Session,
  options: ClusterOptions,
): Promise<Examined> {
  const shell = await examineWithoutDocker(failures, session, options);
  return {
    findings: [
      ...failures.map((failure) => findingOfFailure(failure)),
      ...findingsOfChecks(judge([], shell, session, {})),
    ],
    notExamined: [],
    unreached: unreachedOf(failures),
  };
}

function statusOf(
  address: string,
  findings: readonly DoctorFinding[],
  unreached: ReadonlySet<string>,
): ExaminedHost['status'] {
  if (unreached.has(address)) return 'unreachable';
  const own = findings.filter(({ host }) => host === address).map(({ severity }) => severity);
  return own.includes('error') ? 'error' : own.length > 0 ? 'warning' : 'ok';
}
