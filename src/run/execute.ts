import { InternalError, RkeError } from '../core/errors.js';
import { InterruptedError, RunFailedError, type Failure } from '../core/hosts-error.js';
import { createPerformer } from '../execute/perform.js';
import type { RunContext } from '../execute/run-context.js';
import type { Outcomes } from '../execute/outcome.js';
import { runGraph } from '../execute/run-graph.js';
import { createEcrLogin } from '../host/registry/ecr.js';
import { createRegistryLogin } from '../host/registry/registry-login.js';
import { packFiles, unpackFiles } from '../host/tar.js';
import { explainWorkload } from '../kube/explain-pods.js';
import type { KubeApi } from '../kube/kube.js';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { leavesWork } from '../reconcile/description/change.js';
import { isWork, type Operation, type OperationPlan } from '../reconcile/operations.js';
import { createS3 } from '../s3/client.js';
import { concurrencyOf, type ClusterOptions, type HooksOption } from './cluster-options.js';
import { openEtcd } from './open-etcd.js';
import { createHookCaller } from './hooks/call-hook.js';
import { systemClock } from './system-clock.js';
import type { ObservedRun } from './with-cluster.js';

/** Hooks that record the progress of a run in the state. */
export interface ExecuteHooks extends Partial<Pick<RunContext, 'recordEncryption'>> {
  /** Called after the last operation, also if the run failed or was interrupted. */
  readonly onEnd?: (outcomes: Outcomes) => Promise<void>;
}

/** What executing needs of an observed cluster. */
export type ExecuteInput = Pick<ObservedRun, 'hosts' | 'certificates' | 'probe' | 'unreached'> & {
  readonly kube: KubeApi;
  readonly session: { readonly spec: Pick<ClusterSpec, 'privateRegistries'> };
  readonly options: Pick<ClusterOptions, 'events' | 'signal' | 'concurrency' | 'pullConcurrency'> &
    HooksOption;
};

/**
 * Executes a plan on the hosts and the cluster. Hosts that were not reached count as failures of the run.
 *
 * @throws RunFailedError if something failed, the signal's reason if the run was interrupted
 */
export async function execute(
  cluster: ExecuteInput,
  plan: OperationPlan,
  { onEnd, recordEncryption = refuseEncryption }: ExecuteHooks = {},
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
    throw new RunFailedError(failures, {
      isPartial: hasDoneHost(plan.operations, outcomes, cluster),
      hasBegun: hasBegun(plan.operations, outcomes),
    });
}

function createContext(
  { options, session, hosts, kube, certificates, probe }: ExecuteInput,
  recordEncryption: RunContext['recordEncryption'],
): RunContext {
  const { events, signal } = options;
  return {
    hosts,
    kube,
    etcd: openEtcd(hosts, certificates),
    s3: createS3(),
    events,
    signal,
    certificates,
    recordEncryption,
    callHook: options.hooksFile === undefined ? refuseHooks : createHookCaller(options.hooksFile),
    limits: { operations: concurrencyOf(options), pullsPerHost: options.pullConcurrency ?? 3 },
    clock: systemClock,
    probe,
    packFiles,
    unpackFiles,
    explainWorkload,
    registryAuth: createRegistryLogin(session.spec.privateRegistries ?? [], createEcrLogin()),
  };
}

/** The hook of commands that do not change encryption. */
const refuseEncryption = (): Promise<void> =>
  Promise.reject(
    new InternalError('the plan changes the encryption of Secrets, but the command does not record it'),
  );

/** Of commands without hooks. */
const refuseHooks = (): Promise<void> =>
  Promise.reject(new InternalError('the plan has a hook, but the command has none'));

/** Adds what failed before the interruption to its reason. */
export function interruptedBy(reason: unknown, failures: readonly Failure[]): unknown {
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

/** True if anything was changed, or half-changed, that the next run would continue. */
function hasBegun(operations: readonly Operation[], outcomes: Outcomes): boolean {
  return operations.some(({ id, kind }) => {
    const status = outcomes.get(id)?.status;
    return (status === 'done' || status === 'failed') && leavesWork(kind);
  });
}

/** True if all operations of at least one host are done: then the failure is partial. */
function hasDoneHost(
  planned: readonly Operation[],
  outcomes: Outcomes,
  { hosts }: Pick<ExecuteInput, 'hosts'>,
): boolean {
  const operations = planned.filter(isWork);
  const unfinished = new Set(
    operations
      // The last copy of the state waits for every host, so it is skipped if one failed.
      .filter(({ id, kind }) => kind !== 'copy-state' && outcomes.get(id)?.status !== 'done')
      .map(({ host }) => host),
  );
  const hasFailed = operations.some(({ id }) => outcomes.get(id)?.status === 'failed');
  const touched = new Set(operations.map(({ host }) => host));
  // A host without operations does not count as done, unless the only failure is that another one was not reached.
  const isDone = (host: string): boolean => !unfinished.has(host) && (touched.has(host) || !hasFailed);
  // If work on the cluster as a whole failed, no host is done.
  return !unfinished.has(undefined) && [...hosts.keys()].some(isDone);
}
