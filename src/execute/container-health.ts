import { messageOf } from '../core/errors.js';
import type { CallOptions, HostReader, ObservedContainer } from '../host/host.js';
import type { Election, HealthCheck } from '../plan/cluster-plan-types.js';
import { uptime } from '../reconcile/diff/condition.js';
import type { ContainerCheck } from '../reconcile/kinds/wait-kinds.js';
import { progressOf } from './poll.js';
import type { Probe, ProbeAnswer } from './run-context.js';

/** A container that is not healthy, and why. */
export interface SickContainer {
  readonly host: string;
  readonly container: string;
  readonly why: string;
  /** The same in words, for people who watch while it starts. */
  readonly progress: string;
}

/** Why a health check failed, and what is waited for: `answer on port 2379`. */
interface Sickness {
  readonly why: string;
  readonly awaited: string;
}

interface HealthContext {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly probe: Probe;
  readonly signal: AbortSignal;
  /** True if a leader of the component has started its work. Without it, only time shows. */
  readonly hasLeader?: ((election: Election) => Promise<boolean>) | undefined;
}

/** Checks all containers in parallel, each on its host. @returns those that are not healthy */
export async function findSickContainers(
  checks: readonly ContainerCheck[],
  context: HealthContext,
  signal: AbortSignal,
): Promise<SickContainer[]> {
  const looks = checks.map(async (check): Promise<SickContainer[]> => {
    const { host, container } = check;
    const connected = context.hosts.get(host);
    const found =
      connected === undefined
        ? { why: 'not connected', progress: 'not connected' }
        : await checkContainer(connected, check, context, signal);
    return found === undefined ? [] : [{ host, container, ...found }];
  });
  return (await Promise.all(looks)).flat();
}

async function checkContainer(
  host: HostReader,
  { container, check, port, steadySeconds = 0 }: ContainerCheck,
  context: HealthContext,
  signal: AbortSignal,
): Promise<Pick<SickContainer, 'why' | 'progress'> | undefined> {
  try {
    const sick =
      (check === undefined ? undefined : await askHealth(host, check, context.probe, { signal })) ??
      (port === undefined ? undefined : await whyNotListening(host, container, { port, signal }));
    if (sick !== undefined) return { why: sick.why, progress: `waiting for ${container} to ${sick.awaited}` };
    if (steadySeconds === 0) return undefined;
    const found = await whyNotSteady(host, container, steadySeconds, { signal });
    if (found === undefined || (await isElected(found, check?.election, context))) return undefined;
    return { why: found.why, progress: found.why };
  } catch (error) {
    context.signal.throwIfAborted();
    return { why: messageOf(error), progress: progressOf(error) };
  }
}

/** Asks the health URL of a container on its host. @returns undefined if it is healthy, else why not */
export async function askHealth(
  host: HostReader,
  check: HealthCheck,
  probe: Probe,
  options: CallOptions,
): Promise<Sickness | undefined> {
  try {
    const answer = await probe(host, check, options);
    if (isHealthy(check, answer)) return undefined;
    const why = `${check.url} answers ${answer.status} ${firstLine(answer.body)}`.trim();
    return { why, awaited: `become healthy (it answers ${answer.status})` };
  } catch (error) {
    const { port } = new URL(check.url);
    return { why: `${check.url}: ${messageOf(error)}`, awaited: `answer on port ${port}` };
  }
}

/** The container must run, too: another program may have the port, which is why it does not. */
async function whyNotListening(
  host: HostReader,
  name: string,
  { port, ...options }: CallOptions & { readonly port: number },
): Promise<Sickness | undefined> {
  try {
    (await host.dial({ host: 'localhost', port }, options)).destroy();
  } catch (error) {
    return { why: `port ${port}: ${messageOf(error)}`, awaited: `listen on port ${port}` };
  }
  const why = whyNotRunning(name, await host.docker.inspect(name, options));
  return why === undefined ? undefined : { why, awaited: 'run' };
}

/** etcd answers 200 with `{"health":"false"}` while it has no leader. */
function isHealthy(check: HealthCheck, { status, body }: ProbeAnswer): boolean {
  return status === 200 && (!check.url.endsWith('/health') || /"health"\s*:\s*"true"/.test(body));
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 120) ?? '';

/** A container that is not up for long enough. */
interface Unsteady {
  readonly why: string;
  /** Seconds since it started; absent if it does not run, or was restarted. */
  readonly upSinceCreation?: number;
}

async function whyNotSteady(
  host: HostReader,
  name: string,
  seconds: number,
  options: CallOptions,
): Promise<Unsteady | undefined> {
  const [found, clock] = await Promise.all([host.docker.inspect(name, options), readClock(host, options)]);
  const stopped = whyNotRunning(name, found);
  if (stopped !== undefined) return { why: stopped };
  const up = uptime(found?.startedAt, clock) ?? 0;
  if (up >= seconds) return undefined;
  const why = `${name} has not stayed up for ${seconds} s yet`;
  const restarts = found?.restartCount ?? 0;
  return restarts === 0 ? { why, upSinceCreation: up } : { why: `${why}, ${restarts} restarts so far` };
}

function whyNotRunning(name: string, found: ObservedContainer | undefined): string | undefined {
  if (found === undefined) return `${name} is not there`;
  return found.restarting || !found.running
    ? `${name} is not running (exit code ${found.exitCode})`
    : undefined;
}

/**
 * Whether it is shown by an election, and not by time, that a container does not crash: a leader has started its work, be it this
 * container or one that it waits for.
 */
async function isElected(
  { upSinceCreation }: Unsteady,
  election: Election | undefined,
  { hasLeader }: HealthContext,
): Promise<boolean> {
  if (election === undefined || upSinceCreation === undefined) return false;
  return (await hasLeader?.(election)) === true && upSinceCreation >= election.startSeconds;
}

/** The command that prints the time of a host, on a separate line. */
export const clockCommand = 'date +%s';

/** Seconds since 1970 by a host's own clock. @returns undefined if it cannot be read */
export async function readClock(host: HostReader, options: CallOptions): Promise<number | undefined> {
  return parseClock((await host.read(clockCommand, options)).stdout);
}

/** The time in the first line of what `clockCommand` and others printed. */
export function parseClock(printed: string): number | undefined {
  const [line = ''] = printed.split('\n', 1);
  return /^\d+$/.test(line.trim()) ? Number(line) : undefined;
}
