import { exitCodes, RkeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { gatherFacts } from '../../execute/gather-facts.js';
import { openShells } from '../../host/connect/open-shells.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { checkHosts } from '../../reconcile/checks/check-hosts.js';
import type { CheckName, CheckResult } from '../../reconcile/checks/check-result.js';
import type { CheckedHost } from '../../reconcile/checks/checked-host.js';
import { clusterFactsOf } from '../../run/checks/check-hosts.js';
import { concurrencyOf, readingConcurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { loginsOf } from '../../run/connect.js';
import type { Session } from '../../run/session.js';

/** Checks that need facts of Docker, or of its containers. */
const needsDocker: ReadonlySet<CheckName> = new Set([
  'docker',
  'storage-driver',
  'cgroup',
  'leftovers',
  'swap',
]);

/**
 * Reads the facts of hosts that were reached by SSH and whose Docker does not work: their disks, clocks and kernels may be why. Each gets
 * one more connection.
 *
 * @returns hosts as the checks see them, to be judged by `judge`
 */
export async function examineWithoutDocker(
  failures: readonly Failure[],
  session: Session,
  options: ClusterOptions,
): Promise<CheckedHost[]> {
  const { signal } = options;
  const wanted = new Set(
    failures.flatMap(({ host, error }) =>
      host !== undefined &&
      error instanceof RkeError &&
      error.exitCode === exitCodes.docker &&
      // Its shell is not that of Linux.
      error.code !== 'WINDOWS_HOST'
        ? [host]
        : [],
    ),
  );
  if (wanted.size === 0) return [];
  const nodes = session.spec.nodes.filter(({ address }) => wanted.has(address));
  const logins = loginsOf({ ...session, spec: { ...session.spec, nodes } }, options);
  await using shells = await openShells(logins.nodes, {
    ...logins.options,
    limit: readingConcurrencyOf(options),
  });
  const facts = await gatherFacts({
    hosts: shells.hosts,
    dataDirs: new Map(nodes.map(({ address }) => [address, { dockerRoot: usualRoot, prefix: '/' }])),
    concurrency: concurrencyOf(options),
    signal,
    now: () => Date.now(),
  });
  return [...facts].map(([address, found]) => ({
    address,
    facts: found,
    docker: { cgroupVersion: '', rootDir: usualRoot, securityOptions: [] },
    containers: [],
    isNew: false,
    isKnown: true,
    mustPull: false,
  }));
}

const usualRoot = '/var/lib/docker';

/** Runs the checks of `rke up` on hosts. @param withoutDocker those of which only the shell is known */
export function judge(
  hosts: readonly CheckedHost[],
  withoutDocker: readonly CheckedHost[],
  { spec, state }: Pick<Session, 'spec' | 'state'>,
  certificates: CertificateBundle,
): CheckResult[] {
  const half = new Set(withoutDocker.map(({ address }) => address));
  return checkHosts([...hosts, ...withoutDocker], clusterFactsOf({ spec, state, certificates })).filter(
    ({ check, host }) => !half.has(host) || !needsDocker.has(check),
  );
}
