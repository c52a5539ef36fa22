import { describeError } from '../../core/describe-error.js';
import { RkeError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import type { CallOptions } from '../../host/host.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { interruptedBy } from '../../run/execute.js';
import { limitRun } from '../../run/limit-run.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, openSession, type Session } from '../../run/session.js';
import { changeHosts, checkAgain } from './change-hosts.js';
import type { PreparePlan } from './prepare-plan.js';
import { openHosts, prepareWork, survey, type PrepareOptions, type PrepareWork } from './prepare-work.js';
import { prepareStage } from './run-steps.js';
import type { FoundHost, HostToPrepare, Survey } from './survey-hosts.js';

export interface PrepareHostsOptions extends PrepareOptions {
  /** Gets the plan before it is confirmed. */
  readonly onPlan?: ((plan: PreparePlan) => void | Promise<void>) | undefined;
  /** Called before a host is changed; without it, such a run is refused. */
  readonly confirm?: ((plan: PreparePlan, options: CallOptions) => Promise<boolean>) | undefined;
}

/** What `rke prepare` would do. */
export interface PlannedPreparation {
  readonly plan: PreparePlan;
  /** Why hosts were not reached, or could not be examined. */
  readonly unreached: readonly Failure[];
}

/** How `rke prepare` ended. */
export interface PrepareResult {
  /** What was planned; what is to be done by hand is left. */
  readonly plan: PreparePlan;
  /** Steps that were done, on all hosts. */
  readonly done: number;
}

/**
 * `rke prepare --dry-run`: plans what hosts lack: Docker, kernel modules and parameters, swap. Changes nothing and takes no lock.
 *
 * @throws ConfigError (exit 3), RkeError USAGE (exit 2) for an unknown node, or the signal's reason
 */
export function planPrepare(options: PrepareOptions): Promise<PlannedPreparation> {
  return limitRun(options, async (limited) => {
    const session = await openSession(limited, { forChange: false, withoutState: true });
    const work = await prepareWork(session, limited);
    await using shells = await openHosts(work.hosts, session, limited);
    const found = await survey(work, shells, limited);
    return { plan: toPlan(found, work.hosts, { session, options: limited }), unreached: found.failures };
  });
}

/**
 * `rke prepare`: plans the same, and does it on all hosts side by side. A host whose step fails is left there, and the others continue.
 * A second run has nothing to do.
 *
 * @throws what `planPrepare` throws; RkeError NOT_CONFIRMED (exit 2); RunFailedError (exit 5 or 6; 9 if some hosts are done)
 */
export function prepareHosts(options: PrepareHostsOptions): Promise<PrepareResult> {
  return limitRun(options, async (limited) => {
    await using session = await openLockedSession(limited, {
      command: 'rke prepare',
      forChange: false,
      withoutState: true,
      duringRestore: true,
    });
    const { signal } = limited;
    const work = await prepareWork(session, limited);
    const nodes = work.hosts.map(({ node }) => node);
    emitRunStarted(limited, 'prepare', { ...session.spec, nodes });
    const { plan, prepared, unchanged, done, ...changed } = await change(work, session, limited);
    if (signal.aborted) throw interruptedBy(signal.reason, changed.failures);
    const left = await checkPrepared(prepared, work, { session, options: limited });
    const failures = [...changed.failures, ...left];
    const hasBegun = plan.hosts.some(({ steps }) => steps.length > 0);
    if (failures.length > 0)
      throw new RunFailedError(failures, { isPartial: unchanged + prepared.length > left.length, hasBegun });
    return { plan, done };
  });
}

/** Over new connections, because the groups of a user are those of its login. */
async function checkPrepared(
  prepared: readonly FoundHost[],
  { wanted }: PrepareWork,
  { session, options }: { readonly session: Session; readonly options: ClusterOptions },
): Promise<Failure[]> {
  if (prepared.length === 0) return [];
  await using shells = await openHosts(prepared, session, options);
  return await checkAgain(prepared, shells, wanted, options);
}

interface Changed {
  readonly plan: PreparePlan;
  readonly prepared: readonly FoundHost[];
  readonly failures: readonly Failure[];
  readonly done: number;
  /** Hosts with nothing to do. */
  readonly unchanged: number;
}

async function change(work: PrepareWork, session: Session, options: PrepareHostsOptions): Promise<Changed> {
  const { events } = options;
  await using shells = await openHosts(work.hosts, session, options);
  const found = await survey(work, shells, options);
  const plan = toPlan(found, work.hosts, { session, options });
  const steps = found.found.flatMap((host) => host.steps);
  await options.onPlan?.(plan);
  if (steps.length > 0) await requireConfirmation(plan, options);
  events.emit({
    type: 'plan-made',
    operations: steps.length,
    stages: steps.length === 0 ? [] : [{ stage: prepareStage, operations: steps.length }],
    unchanged: { containers: 0, files: 0, addons: 0 },
  });
  const changed = await changeHosts(found.found, shells, work.wanted, options);
  return {
    ...changed,
    plan,
    failures: [...found.failures, ...changed.failures],
    unchanged: found.found.filter((host) => host.steps.length === 0).length,
  };
}

async function requireConfirmation(
  plan: PreparePlan,
  { confirm, signal }: PrepareHostsOptions,
): Promise<void> {
  if ((await confirm?.(plan, { signal })) === true) return;
  throw new RkeError(
    'NOT_CONFIRMED',
    confirm === undefined
      ? 'hosts would be changed, and there is no terminal to ask for confirmation; nothing was changed'
      : 'the steps were not confirmed; nothing was changed',
    { fix: 'read the steps with `rke prepare --dry-run`, then run `rke prepare --yes`' },
  );
}

function toPlan(
  { found, failures }: Survey,
  hosts: readonly HostToPrepare[],
  { session, options }: { readonly session: Session; readonly options: ClusterOptions },
): PreparePlan {
  const names = new Map(hosts.map(({ node }) => [node.address, node.hostnameOverride]));
  return {
    config: options.configPath,
    cluster: session.spec.clusterName,
    hosts: found.map(({ node: { address }, surveyed: { state }, steps, byHand }) => ({
      address,
      name: names.get(address) ?? address,
      distribution: state.os.prettyName,
      user: state.user,
      steps,
      byHand,
    })),
    unreached: failures.map(({ host = '', error }) => ({ host, ...describeError(error) })),
  };
}
