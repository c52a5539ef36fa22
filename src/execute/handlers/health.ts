import { etcdError, dockerError, kubeError, type RkeError } from '../../core/errors.js';
import type { HealthCheck } from '../../plan/cluster-plan-types.js';
import type { ContainerCheck, Operation } from '../../reconcile/operations.js';
import { poll, type Look } from '../poll.js';
import type { ProbeAnswer, RunContext } from '../run-context.js';

/**
 * Waits until enough of the checks pass, asking all of them side by side (RKE services/healthcheck.go and
 * etcd_util.go, without their sleeps).
 *
 * @throws RkeError with what the container last said when time runs out
 */
export async function awaitHealthy(
  operation: Extract<Operation, { kind: 'await-healthy' }>,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const result = await poll<undefined>((signal) => lookAtAll(operation, context, signal), {
    ...context,
    timeoutSeconds: operation.timeoutSeconds,
    onWaiting,
  });
  if ('timedOut' in result) throw await explain(operation, result.timedOut, context);
}

async function lookAtAll(
  { checks, need }: Extract<Operation, { kind: 'await-healthy' }>,
  context: RunContext,
  signal: AbortSignal,
): Promise<Look<undefined>> {
  const reasons: string[] = [];
  let passed = 0;
  const looks = checks.map(async (check) => {
    const why = await lookAt(check, context, signal);
    if (why === undefined) passed += 1;
    else reasons.push(checks.length === 1 ? why : `${check.host}: ${why}`);
  });
  await Promise.all(looks);
  return passed >= need ? { done: true, value: undefined } : { done: false, why: reasons.join('; ') };
}

/** undefined when healthy, else why not. */
async function lookAt(
  { host, check }: ContainerCheck,
  context: RunContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const connected = context.hosts.get(host);
  if (connected === undefined) return 'not connected';
  try {
    const answer = await context.probe(connected, check, { signal });
    return isHealthy(check, answer)
      ? undefined
      : `${check.url} answers ${answer.status} ${firstLine(answer.body)}`.trim();
  } catch (error) {
    context.signal.throwIfAborted();
    return `${check.url}: ${error instanceof Error ? error.message : 'no answer'}`;
  }
}

/** etcd answers 200 with `{"health":"false"}` while it has no leader. */
function isHealthy(check: HealthCheck, { status, body }: ProbeAnswer): boolean {
  return status === 200 && (!check.url.endsWith('/health') || /"health"\s*:\s*"true"/.test(body));
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 120) ?? '';

async function explain(
  operation: Extract<Operation, { kind: 'await-healthy' }>,
  why: string,
  context: RunContext,
): Promise<RkeError> {
  const first = operation.checks[0];
  const container = first?.container ?? '';
  const make = container === 'etcd' ? etcdError : container === 'kube-apiserver' ? kubeError : dockerError;
  return make(
    'NOT_HEALTHY',
    `${container} did not become healthy within ${operation.timeoutSeconds}s: ${why}`,
    {
      ...(operation.host === undefined ? {} : { host: operation.host }),
      fix: `docker logs ${container} on ${first?.host ?? 'the host'} tells more; mend the cause and run rke up again`,
      evidence: first === undefined ? [] : await lastWords(first, context),
    },
  );
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
    const state = found.running
      ? `${container} runs, ${found.restartCount} restarts`
      : `${container} is not running (exit code ${found.exitCode}) ${found.error}`.trim();
    return [state, ...(await docker.logs(container, { signal: context.signal, tail: 5 }))];
  } catch {
    // The host may be what failed; the error that is being explained says so already.
    return [];
  }
}
