import { dockerError, type RkeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { fanOut } from '../../execute/fan-out.js';
import type { ShellSet } from '../../host/connect/open-shells.js';
import type { Wanted } from '../../reconcile/prepare/surveyed-host.js';
import { concurrencyOf, readingConcurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { isPlanned, runSteps } from './run-steps.js';
import { surveyHost, surveyHosts, type FoundHost } from './survey-hosts.js';

/** What was done. */
export interface ChangedHosts {
  /** Hosts whose steps are all done. */
  readonly prepared: readonly FoundHost[];
  /** Of the hosts that were left at a step that failed. */
  readonly failures: readonly Failure[];
  /** Steps on the hosts that did not fail. */
  readonly done: number;
}

/** Does the steps of all hosts side by side. Never throws for a host. */
export async function changeHosts(
  found: readonly FoundHost[],
  { hosts: shells }: Pick<ShellSet, 'hosts'>,
  wanted: Wanted,
  options: ClusterOptions,
): Promise<ChangedHosts> {
  const { signal, events } = options;
  const work = found.flatMap((host) => {
    const shell = shells.get(host.node.address);
    return shell === undefined || host.steps.length === 0 ? [] : [{ host, shell }];
  });
  // Each host ends its running step, checks it, and reports the rest as skipped: so neither the fan-out nor the check stops.
  const always = new AbortController().signal;
  const results = await fanOut(work, { limit: concurrencyOf(options), signal: always }, ({ host, shell }) =>
    runSteps({
      shell,
      events,
      signal,
      steps: host.steps,
      usesSudo: !host.surveyed.state.isRoot,
      survey: () => surveyHost(host, shell, wanted, { signal: always }),
    }),
  );
  const failures: Failure[] = [];
  const prepared: FoundHost[] = [];
  let done = 0;
  for (const [index, result] of results.entries()) {
    const host = work[index]?.host;
    if (host === undefined) continue;
    if (result.status === 'rejected') {
      if (!(result.reason instanceof Error)) throw result.reason;
      failures.push({ title: 'prepare', host: host.node.address, error: result.reason });
      continue;
    }
    done += result.value;
    if (result.value === host.steps.length) prepared.push(host);
  }
  return { prepared, failures, done };
}

/**
 * Examines prepared hosts over new connections: nothing of what was planned may be missing, and the user may use Docker.
 *
 * @returns failures of the hosts on which something is
 */
export async function checkAgain(
  prepared: readonly FoundHost[],
  shells: ShellSet,
  wanted: Wanted,
  options: ClusterOptions,
): Promise<Failure[]> {
  const limit = readingConcurrencyOf(options);
  const again = await surveyHosts(prepared, shells.hosts, wanted, { limit, signal: options.signal });
  const unreached = [...shells.unreachable].map(([host, error]): Failure => ({
    title: 'check',
    host,
    error,
  }));
  return [...unreached, ...again.failures, ...again.found.flatMap((host) => failuresOf(host, prepared))];
}

function failuresOf(now: FoundHost, prepared: readonly FoundHost[]): Failure[] {
  const host = now.node.address;
  const before = prepared.find(({ node }) => node.address === host)?.steps ?? [];
  const missing = before.filter((step) => isPlanned(step, now)).map(({ check }) => check);
  const { mayUseDocker, user } = now.surveyed.state;
  const joined = before.some(({ part }) => part === 'docker-group');
  if (joined && !mayUseDocker) missing.push(`${user} may use the socket of Docker`);
  if (missing.length === 0) return [];
  const error: RkeError = dockerError(
    'PREPARE_FAILED',
    `the host is not as the steps have left it (expected: ${missing.join('; ')})`,
    { host, fix: 'check what else configures the host, then run `rke doctor`' },
  );
  return [{ title: 'check', host, error }];
}
