import { InternalError, RkeError } from '../core/errors.js';
import { InterruptedError, RunFailedError, type Failure } from '../core/hosts-error.js';
import { createPerformer } from '../execute/perform.js';
import type { RunContext } from '../execute/run-context.js';
import { runGraph, type Outcomes } from '../execute/run-graph.js';
import type { Host } from '../host/host.js';
import { createEcrLogin } from '../host/registry/ecr.js';
import { createRegistryLogin } from '../host/registry/registry-login.js';
import { packFiles } from '../host/tar.js';
import { explainWorkload } from '../kube/explain-pods.js';
import type { KubeApi } from '../kube/kube.js';
import type { CertificateBundle } from '../pki/certificates.js';
import type { ClusterSpec } from '../config/cluster-spec.js';
import type { Operation, OperationPlan } from '../reconcile/operations.js';
import { createProbe } from './health-probe.js';
import { concurrencyOf, type ClusterOptions } from './session.js';
import { systemClock } from './system-clock.js';

export interface OperationsInput extends Partial<Pick<RunContext, 'recordEncryption'>> {
  readonly options: Pick<ClusterOptions, 'events' | 'signal' | 'concurrency' | 'pullConcurrency'>;
  readonly spec: Pick<ClusterSpec, 'privateRegistries'>;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly kube: KubeApi;
  readonly certificates: CertificateBundle;
  /** What went wrong before, e.g. hosts that were not reached; counted with the failures of the run. */
  readonly failures: readonly Failure[];
  /** Called when the last operation has ended, however the run then ends. */
  readonly onEnd?: (outcomes: Outcomes) => Promise<void>;
}

/**
 * Carries a plan out with the real adapters.
 *
 * @throws RunFailedError when something could not be done, the signal's reason when the run was stopped
 */
export async function runOperations(plan: OperationPlan, input: OperationsInput): Promise<void> {
  const { signal, events } = input.options;
  const context = createContext(input);
  const outcomes = await runGraph(plan.operations, {
    events,
    signal,
    clock: context.clock,
    perform: createPerformer(context),
  });
  await input.onEnd?.(outcomes);
  const failures = [...input.failures, ...failuresOf(plan.operations, outcomes)];
  if (signal.aborted) throw interruptedBy(signal.reason, failures);
  if (failures.length > 0) throw new RunFailedError(failures, hasDoneHost(plan.operations, outcomes, input));
}

function createContext({
  options,
  spec: { privateRegistries = [] },
  hosts,
  kube,
  certificates,
  recordEncryption = noEncryption,
}: OperationsInput): RunContext {
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
    registryAuth: createRegistryLogin(privateRegistries, createEcrLogin()),
  };
}

/** Of commands whose plan has nothing to do with it. */
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
  operations: readonly Operation[],
  outcomes: Outcomes,
  { hosts }: OperationsInput,
): boolean {
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
