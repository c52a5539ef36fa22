import { withDeadline } from '../../core/deadline.js';
import { exitCodes, RkeError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { fanOut } from '../../execute/fan-out.js';
import { listCheckedHosts } from '../../run/checks/check-hosts.js';
import { readingConcurrencyOf } from '../../run/cluster-options.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { PreparedStatus } from '../status/prepare-status.js';
import { refuseDockerVersions } from '../up/docker-versions.js';
import { refuseForeignCluster } from '../up/foreign-cluster.js';
import { examineRunning } from './cluster-findings.js';
import type { DoctorFinding, DoctorReport } from './doctor-report.js';
import { examineWithoutDocker, judge } from './examine-without-docker.js';
import { findingOfFailure, findingsOfChecks } from './host-findings.js';
import { examineImages, listMissingImages } from './image-findings.js';
import { examinePorts } from './port-findings.js';

/** What was found on hosts, and in their cluster. */
export interface Examined {
  readonly findings: readonly DoctorFinding[];
  readonly notExamined: DoctorReport['notExamined'];
  /** Addresses of hosts to which there is no SSH connection. */
  readonly unreached: ReadonlySet<string>;
}

interface Scope {
  /** Absent without a usable state: the hosts are examined as new ones. */
  readonly prepared?: PreparedStatus;
  /** True if the state exists and cannot be used. */
  readonly stateFinding?: DoctorFinding;
  /** Addresses of the hosts to examine. */
  readonly examined: ReadonlySet<string>;
  /** Examines the cluster as a whole, too. */
  readonly isWhole: boolean;
}

/** Examines the hosts that were reached, those whose Docker does not work as far as possible, and a running cluster. */
export async function examineHosts(cluster: ReadCluster, scope: Scope): Promise<Examined> {
  const { session, options, plan, observed, facts, certificates, unreached } = cluster;
  const { prepared, stateFinding, examined, isWhole } = scope;
  const { state, paths } = session;
  const missing = listMissingImages(cluster);
  const [withoutDocker, ports, images, forwarding, running] = await Promise.all([
    examineWithoutDocker(unreached, session, options),
    examinePorts(cluster, examined),
    examineImages(cluster, missing),
    examineForwarding(cluster),
    prepared === undefined || !isWhole ? [] : examineRunning(cluster, prepared),
  ]);
  const checked = listCheckedHosts({ plan, observed, facts, state }, new Set(missing.keys()));
  const hasState = prepared !== undefined || stateFinding !== undefined;
  const findings = [
    ...unreached.map((failure) => findingOfFailure(failure)),
    ...failuresIn(() => refuseUntestedDocker(cluster)),
    ...(hasState ? [] : failuresIn(() => refuseForeignCluster(observed, paths.state))),
    ...forwarding,
    ...findingsOfChecks(judge(checked, withoutDocker, session, certificates)),
    ...ports.findings,
    ...images,
    ...running,
  ];
  return {
    findings: unique(findings.filter(({ host }) => host === undefined || examined.has(host))),
    notExamined: ports.unknown.map((host) => ({
      part: 'ports',
      reason: `whether ${host} reaches the ports of others, because its sshd forwards to no other host`,
    })),
    unreached: unreachedOf(unreached),
  };
}

/** Hosts that failed by SSH; those that failed by Docker were reached. */
export function unreachedOf(failures: readonly Failure[]): ReadonlySet<string> {
  return new Set(
    failures.flatMap(({ host, error }) =>
      host !== undefined && !(error instanceof RkeError && error.exitCode === exitCodes.docker) ? [host] : [],
    ),
  );
}

function refuseUntestedDocker({ session: { spec, catalog }, dockerFacts }: ReadCluster): void {
  if (spec.ignoreDockerVersion) return;
  refuseDockerVersions(dockerFacts, catalog.dockerVersions(spec.kubernetesVersion), spec.kubernetesVersion);
}

/** What a check of `rke up` refuses, as findings. */
function failuresIn(check: () => void): DoctorFinding[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
    return error.failures.map((failure) => findingOfFailure(failure));
  }
}

const dialMilliseconds = 5000;

/** Tries on each host whether sshd forwards to a port of it. Whether anything listens there does not matter. */
async function examineForwarding({
  hosts,
  options,
}: Pick<ReadCluster, 'hosts' | 'options'>): Promise<DoctorFinding[]> {
  const { signal } = options;
  const tried = await fanOut([...hosts.values()], { limit: readingConcurrencyOf(options), signal }, (host) =>
    withDeadline({ milliseconds: dialMilliseconds, signal }, async (limited) =>
      (await host.dial({ host: '127.0.0.1', port: 10_250 }, { signal: limited })).destroy(),
    ),
  );
  signal.throwIfAborted();
  const addresses = [...hosts.keys()];
  return tried.flatMap((result, index): DoctorFinding[] => {
    const error: unknown = result.status === 'rejected' ? result.reason : undefined;
    if (!(error instanceof RkeError) || error.code !== 'SSH_FORWARDING') return [];
    return [findingOfFailure({ error, host: addresses[index] ?? '' })];
  });
}

/** What two examinations have found, once. */
function unique(findings: readonly DoctorFinding[]): DoctorFinding[] {
  return [...new Map(findings.map((one) => [`${one.host ?? ''} ${one.message}`, one])).values()];
}
