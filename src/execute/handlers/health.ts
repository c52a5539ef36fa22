import { etcdError, dockerError, kubeError, type RkeError } from '../../core/errors.js';
import type { ObservedContainer } from '../../host/host.js';
import type { Election } from '../../plan/cluster-plan-types.js';
import type { ContainerCheck } from '../../reconcile/kinds/wait-kinds.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { findSickContainers, type SickContainer } from '../container-health.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { LeaderWatch } from './leader-watch.js';

/**
 * Waits until enough of the checks pass, asking all of them side by side (RKE services/healthcheck.go and
 * etcd_util.go, without their sleeps).
 *
 * @throws RkeError with the last log lines of the container when time runs out
 */
export async function awaitHealthy(
  operation: OperationOf<'await-healthy'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { checks, need, timeoutSeconds } = operation;
  const start = context.clock.now();
  const isHopeless = watchRestarts(checks, context);
  const leader = new LeaderWatch(context.kube);
  let sick: readonly SickContainer[] = [];
  // The value is why waiting is hopeless; undefined if enough checks pass.
  const result = await poll<string | undefined>(
    async (signal) => {
      const hasLeader = (election: Election): Promise<boolean> => leader.hasLeader(election, { signal });
      sick = await findSickContainers(checks, { ...context, hasLeader }, signal);
      if (checks.length - sick.length >= need) return { done: true, value: undefined };
      const why = reasonsOf(sick, checks.length);
      if (await isHopeless(signal)) return { done: true, value: why };
      return { done: false, why, progress: progressOfAll(sick, checks.length) };
    },
    { ...context, timeoutSeconds, onWaiting, intervalMilliseconds: intervalOf(checks) },
  );
  const why = 'timedOut' in result ? result.timedOut : result.value;
  if (why === undefined) return;
  const seconds = Math.round((context.clock.now() - start) / 1000);
  throw await notHealthyError(operation, { sick, why, seconds }, context);
}

/** A container that Docker has restarted so often and for so long since the wait started does not become healthy by waiting. */
const hopelessRestarts = 5;
const hopelessSeconds = 45;

/** Returns a test that is true if the only container of a wait crashes again and again. It asks Docker only after a while. */
function watchRestarts(
  checks: readonly ContainerCheck[],
  { hosts, clock }: RunContext,
): (signal: AbortSignal) => Promise<boolean> {
  const [only, ...others] = checks;
  const docker = only === undefined || others.length > 0 ? undefined : hosts.get(only.host)?.docker;
  if (only === undefined || docker === undefined) return () => Promise.resolve(false);
  const start = clock.now();
  let before: number | undefined;
  return async (signal) => {
    if (before !== undefined && clock.now() - start < hopelessSeconds * 1000) return false;
    const count = (await docker.inspect(only.container, { signal }))?.restartCount ?? 0;
    before ??= count;
    return clock.now() - start >= hopelessSeconds * 1000 && count - before >= hopelessRestarts;
  };
}

/** What only time can show is checked once a second. */
function intervalOf(checks: readonly ContainerCheck[]): number {
  return checks.some(({ steadySeconds }) => steadySeconds !== undefined) ? 1000 : 200;
}

/** Why containers are not healthy, in one line; with their hosts if more than one was asked. */
export function reasonsOf(
  sick: readonly { readonly host: string; readonly why: string }[],
  asked: number,
): string {
  return sick.map(({ host, why }) => (asked === 1 ? why : `${host}: ${why}`)).join('; ');
}

/** What is waited for, in words, in one line. */
export function progressOfAll(
  sick: readonly { readonly host: string; readonly progress: string }[],
  asked: number,
): string {
  return reasonsOf(
    sick.map(({ host, progress }) => ({ host, why: progress })),
    asked,
  );
}

async function notHealthyError(
  operation: OperationOf<'await-healthy'>,
  {
    sick,
    why,
    seconds,
  }: { readonly sick: readonly SickContainer[]; readonly why: string; readonly seconds: number },
  context: RunContext,
): Promise<RkeError> {
  const unhealthy = sick.length === 0 ? operation.checks : sick;
  const [first] = unhealthy;
  const container = first?.container ?? '';
  const where = unhealthy.map(({ host }) => host).join(', ');
  const make = container === 'etcd' ? etcdError : container === 'kube-apiserver' ? kubeError : dockerError;
  const { host } = operation;
  const fixOn = (hosts: string): string =>
    `check \`docker logs ${container}\` on ${hosts}, fix the cause, then run \`rke up\` again; until then no other member is interrupted`;
  return make('NOT_HEALTHY', `${container} did not become healthy within ${seconds}s: ${why}`, {
    ...(host === undefined ? {} : { host }),
    fix: host === undefined ? fixOn(where) : fixOn,
    evidence: first === undefined ? [] : await lastWords(first, context),
  });
}

/** State and last lines of a container, for the error of whatever waited for it. */
export async function lastWords(
  { host, container }: Pick<ContainerCheck, 'host' | 'container'>,
  context: RunContext,
): Promise<string[]> {
  const docker = context.hosts.get(host)?.docker;
  if (docker === undefined) return [];
  try {
    const found = await docker.inspect(container, context);
    if (found === undefined) return [`${container} is not there`];
    // Enough to have five different lines of a container that crashes again and again with the same two or three.
    const logs = await docker.logs(container, { signal: context.signal, tail: 50 });
    return [stateOf(container, found), ...withoutRepeats(logs).slice(-5)];
  } catch {
    // The host may be what failed; the error that is being made reports that already.
    return [];
  }
}

function stateOf(container: string, found: ObservedContainer): string {
  const times = found.restartCount === 1 ? 'once' : `${found.restartCount} times`;
  const restarted = found.restartCount === 0 ? '' : `Docker restarted it ${times}`;
  if (found.running)
    return restarted === '' ? `${container} is running` : `${container} is running; ${restarted}`;
  const exited = `${container} is not running (exit code ${found.exitCode}) ${found.error}`.trim();
  return restarted === '' ? exited : `${exited}; ${restarted}`;
}

/** Each line once, at its last position. */
function withoutRepeats(lines: readonly string[]): string[] {
  return [...new Set(lines.toReversed())].toReversed();
}
