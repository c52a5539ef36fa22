import type fc from 'fast-check';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ContainerCheck } from '../../src/reconcile/kinds/wait-kinds.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeClock } from './clock.js';
import type { Fault } from './fault.js';
import type { PlaneModel } from './plane-model.js';
import { recordingSink } from './recording-sink.js';

interface RunOptions {
  readonly scheduler: fc.Scheduler;
  /** Operations that fail, by the number of those that have started before. */
  readonly failures?: readonly number[];
  readonly fault?: Fault;
}

/** Runs a plan on the model in any order that the graph allows. @returns whether all of it was done */
export async function runOnModel(
  model: PlaneModel,
  operations: readonly Operation[],
  { scheduler, failures = [], fault }: RunOptions,
): Promise<boolean> {
  const stop = new AbortController();
  let begun = 0;
  let changing = 0;
  const tick = (): Promise<void> => scheduler.schedule(Promise.resolve());
  /** Waits, and whether each has looked since something happened last. */
  const waits = new Map<symbol, boolean>();
  const somethingHappened = (): void => waits.forEach((_, wait) => waits.set(wait, false));
  /** Looks until it is so, or until nothing happens any more. */
  const until = async (isSo: () => boolean): Promise<boolean> => {
    const wait = Symbol('wait');
    for (;;) {
      stop.signal.throwIfAborted();
      const isOver = isSo();
      waits.set(wait, true);
      const isStill = changing === 0 && [...waits.values()].every((hasLooked) => hasLooked);
      if (!isOver && !isStill) {
        await tick();
        continue;
      }
      waits.delete(wait);
      if (isOver) somethingHappened();
      return isOver;
    }
  };
  const strike = async ({ how }: Fault): Promise<never> => {
    if (how === 'hangs') await until(() => false);
    if (how !== 'fails') stop.abort(new Error(how === 'dies' ? 'killed' : 'the time of the run is over'));
    stop.signal.throwIfAborted();
    throw new Error('fault');
  };
  /** @returns whether it fails */
  const change = async (operation: Operation, number: number): Promise<boolean> => {
    const hasFailed = failures.includes(number);
    const end = model.begin(operation);
    if (end !== undefined) {
      await tick();
      end(hasFailed);
    }
    return hasFailed;
  };
  const perform = async (operation: Operation): Promise<void> => {
    const isWait = operation.kind.startsWith('await-');
    if (!isWait) changing += 1;
    await tick();
    const number = begun++;
    const own = fault?.at === number ? fault : undefined;
    const isDead = stop.signal.aborted || own?.when === 'before';
    const hasFailed = !isDead && (await change(operation, number));
    if (!isWait) {
      changing -= 1;
      somethingHappened();
    }
    stop.signal.throwIfAborted();
    if (own !== undefined) await strike(own);
    const well = await check(model, operation, until);
    if (hasFailed || !well) throw new Error(`${operation.id} failed`);
  };
  const running = runGraph(operations, {
    events: recordingSink(),
    clock: fakeClock(),
    signal: stop.signal,
    perform,
  });
  await scheduler.waitFor(running);
  return [...(await running).values()].every(({ status }) => status === 'done');
}

async function check(
  model: PlaneModel,
  operation: Operation,
  until: (isSo: () => boolean) => Promise<boolean>,
): Promise<boolean> {
  if (operation.kind === 'await-node-ready') return until(() => model.isReady(operation.host ?? ''));
  if (operation.kind === 'await-healthy')
    return until(() => operation.checks.filter((one) => model.passes(one)).length >= operation.need);
  if (operation.kind !== 'await-members') return true;
  const healthy = (checks: readonly ContainerCheck[]): number =>
    checks.filter(({ host, container }) => model.isHealthy(container, host)).length;
  const { members, own, need } = operation;
  const isSafe = (): boolean => healthy(members) >= need;
  if (await until(isSafe)) return true;
  const least = operation.stage === 'etcd' ? Math.floor((members.length + 1) / 2) + 1 : 1;
  const serving = operation.stage === 'etcd' ? members : [];
  return own !== undefined && healthy([...serving, own]) < least;
}
