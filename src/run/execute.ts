import { InternalError, RkeError } from '../core/errors.js';
import { InterruptedError, RunFailedError, type Failure } from '../core/hosts-error.js';
import { createPerformer } from '../execute/perform.js';
import type { RunContext } from '../execute/run-context.js';
import type { Outcomes } from '../execute/outcome.js';
import { runGraph } from '../execute/run-graph.js';
import { createEcrLogin } from '../host/registry/ecr.js';
import { createRegistryLogin } from '../host/registry/registry-login.js';
import { packFiles } from '../host/tar.js';
import { explainWorkload } from '../kube/explain-pods.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { isWork, type Operation, type OperationPlan } from '../reconcile/operations.js';
import { createProbe } from './health-probe.js';
import { concurrencyOf, type ClusterOptions } from './cluster-options.js';
import { systemClock } from './system-clock.js';
import type { ObservedRun } from './with-cluster.js';

/** What the state has to do with a run of operations. */
export interface ExecuteHooks extends Partial<Pick<RunContext, 'recordEncryption'>> {
  /** Called when the last operation has ended, however the run then ends. */
  readonly onEnd?: (outcomes: Outcomes) => Promise<void>;
}

/** What executing needs of an observed cluster. */
export type ExecuteInput = Pick<ObservedRun, 'hosts' | 'certificates' | 'unreached'> & {
  readonly kube: KubeApi;
  readonly session: { readonly spec: Pick<ClusterSpec, 'privateRegistries'> };
  readonly options: Pick<ClusterOptions, 'events' | 'signal' | 'concurrency' | 'pullConcurrency'>;
};

/**
 * Executes a plan on the real hosts and the cluster. Hosts that were not reached count as failures of the run.
 *
 * @throws RunFailedError if something failed, the signal's reason if the run was stopped
 */
export async function execute(
  cluster: ExecuteInput,
  plan: OperationPlan,
  { onEnd, recordEncryption = noEncryption }: ExecuteHooks = {},
): Promise<void> {
  const { signal, events } = cluster.options;
  const context = createContext(cluster, recordEncryption);
  const outcomes = await runGraph(plan.operations, {
    events,
    signal,
    clock: context.clock,
    perform: createPerformer(context),
  });
  await onEnd?.(outcomes);
  const failures = [...cluster.unreached, ...failuresOf(plan.operations, outcomes)];
  if (signal.aborted) throw interruptedBy(signal.reason, failures);
  if (failures.length > 0)
    throw new RunFailedError(failures, hasDoneHost(plan.operations, outcomes, cluster));
}

function createContext(
  { options, session, hosts, kube, certificates }: ExecuteInput,
  recordEncryption: RunContext['recordEncryption'],
): RunContext {
  const { events, signal } = options;
  return {
    hosts,
    kube,
    events,
    signal,
    certificates,
    recordEncryption,
    limits: { operations: concurrencyOf(options), pullsPerHost: options.pullConcurrency ?? 3 },
    clock: systemClock,
    probe: createProbe(certificates),
    packFiles,
    explainWorkload,
    registryAuth: createRegistryLogin(session.spec.privateRegistries ?? [], createEcrLogin()),
  };
}

/** Of commands whose plans leave encryption alone. */
const noEncryption = (): Promise<void> =>
  Promise.reject(new InternalError('a plan changes how Secrets are encrypted, and nobody keeps the state'));

/** What had failed before is not forgotten because the run was interrupted. */
function interruptedBy(reason: unknown, failures: readonly Failure[]): unknown {
  return reason instanceof RkeError && failures.length > 0 ? new InterruptedError(reason, failures) : reason;
}

function failuresOf(operations: readonly Operation[], outcomes: Outcomes): Failure[] {
  return operations.flatMap(({ id, title, host }): Failure[] => {
    const outcome = outcomes.get(id);
    return outcome?.status === 'failed'
      ? [{ title, error: outcome.error, ...(host === undefined ? {} : { host }) }]
      : [];
  });
}

/** Is there a host on which all that was to be done is done: then the failure is a partial one. */
function hasDoneHost(
  planned: readonly Operation[],
  outcomes: Outcomes,
  { hosts }: Pick<ExecuteInput, 'hosts'>,
): boolean {
  const operations = planned.filter(isWork);
  const unfinished = new Set(
    operations
      // The last copy of the state waits for every host, so one that failed leaves it out.
      .filter(({ id, kind }) => kind !== 'copy-state' && outcomes.get(id)?.status !== 'done')
      .map(({ host }) => host),
  );
  const hasFailed = operations.some(({ id }) => outcomes.get(id)?.status === 'failed');
  const touched = new Set(operations.map(({ host }) => host));
  // A host of which nothing was wanted is not done, unless what failed is that another one was not reached.
  const isDone = (host: string): boolean => !unfinished.has(host) && (touched.has(host) || !hasFailed);
  // Work on the cluster as a whole that failed leaves no host done.
  return !unfinished.has(undefined) && [...hosts.keys()].some(isDone);
}
