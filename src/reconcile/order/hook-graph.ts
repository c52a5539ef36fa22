import type { HookSubject, RunHook } from '../kinds/hook-kinds.js';
import { isWork, type Operation, type OperationId, type Turn } from '../operations.js';
import { createMilestone } from './graph.js';
import type { HookScope } from './hook-scopes.js';
import { Reach } from './reach.js';

/** A plan into which hooks are put. Each is outside of those that were added before it. */
export class HookGraph {
  readonly #run: Pick<HookSubject, 'cluster' | 'command'>;
  readonly #given: readonly OperationId[];
  readonly #byId = new Map<OperationId, Operation>();
  /** By host; those without one under the empty string. */
  readonly #byHost = new Map<string, OperationId[]>();
  readonly #dependents = new Map<OperationId, OperationId[]>();
  readonly #reach: Reach;
  /** What is listed before and after an operation of the plan. */
  readonly #inFront = new Map<OperationId, Operation[]>();
  readonly #behind = new Map<OperationId, Operation[]>();

  constructor(operations: readonly Operation[], run: Pick<HookSubject, 'cluster' | 'command'>) {
    this.#run = run;
    this.#given = operations.map(({ id }) => id);
    this.#reach = new Reach(operations);
    for (const operation of operations) this.#index(operation);
  }

  operations(): readonly Operation[] {
    const current = (id: OperationId): Operation[] => {
      const operation = this.#byId.get(id);
      return operation === undefined ? [] : [operation];
    };
    return this.#given.flatMap((id) => [
      ...(this.#inFront.get(id) ?? []).flatMap((one) => current(one.id)),
      ...current(id),
      ...(this.#behind.get(id) ?? []).flatMap((one) => current(one.id)),
    ]);
  }

  add(scope: HookScope): void {
    const host = scope.node?.address;
    const ids = host === undefined ? [...this.#byId.keys()] : (this.#byHost.get(host) ?? []);
    const covered = ids.flatMap((id) => {
      const operation = this.#byId.get(id);
      return operation !== undefined && isWork(operation) && scope.isIn(operation) ? [operation] : [];
    });
    if (scope.hook.when === 'before') this.#addBefore(scope, covered);
    else this.#addAfter(scope, covered);
  }

  /** Starts when the first of the scope could start, as far as that does not depend on places. */
  #addBefore(scope: HookScope, covered: readonly Operation[]): void {
    const follows = this.#reach.dependentsOf(covered.map(({ id }) => id));
    const entries = covered.filter(({ id }) => !follows(id));
    const turn = sharedTurn(entries);
    const first = covered.find((one) => isGiven(one) && (turn === undefined || isOfTurn(one, turn)));
    if (first === undefined) return;
    const id = idOf(scope);
    const isReady = entries.some(({ after, afterSome }) => after.length === 0 && afterSome === undefined);
    const ready = isReady ? [] : entries.map((entry) => readyFor(entry, id));
    const hook: Operation = {
      ...this.#hookOf(scope, covered, first),
      after: [],
      ...(isReady ? {} : { afterSome: { of: ready.map((one) => one.id), need: 1 } }),
      ...(turn === undefined ? {} : { turn }),
    };
    for (const one of [...ready, hook]) this.#put(one);
    this.#inFront.set(first.id, [...ready, hook, ...(this.#inFront.get(first.id) ?? [])]);
    for (const entry of entries) this.#require(entry.id, id);
  }

  /** Starts when all of a node is done, or when all of a stage has ended and some of it is done. */
  #addAfter(scope: HookScope, covered: readonly Operation[]): void {
    const ids = covered.map(({ id }) => id);
    const precedes = this.#reach.ancestorsOf(ids);
    const turn = scope.node && sharedTurn(covered.filter(({ id }) => !precedes(id)));
    const last = covered.findLast(isGiven);
    if (last === undefined) return;
    const hook: Operation = {
      ...this.#hookOf(scope, covered, last),
      // A host that fails must not keep the others from going on.
      ...(scope.node === undefined
        ? { after: [], ended: ids, afterSome: { of: ids, need: 1 } }
        : { after: ids }),
      ...(turn === undefined ? {} : { turn }),
    };
    const own = new Set(ids);
    const followers = new Set(ids.flatMap((one) => this.#dependents.get(one) ?? []));
    this.#put(hook);
    this.#behind.set(last.id, [...(this.#behind.get(last.id) ?? []), hook]);
    for (const follower of followers)
      if (!own.has(follower) && !precedes(follower)) this.#holdBack(follower, own, hook);
  }

  /** Makes what follows a scope wait for its hook, in the same way in which it waits for the scope. */
  #holdBack(follower: OperationId, own: ReadonlySet<OperationId>, hook: Operation): void {
    const operation = this.#byId.get(follower);
    if (operation === undefined || operation.always === true) return;
    const { after, afterSome } = operation;
    if (hook.host === undefined || after.some((id) => own.has(id))) {
      this.#require(follower, hook.id);
      return;
    }
    if (afterSome === undefined) return;
    const at = afterSome.of.findIndex((id) => own.has(id));
    this.#change({ ...operation, afterSome: { ...afterSome, of: afterSome.of.with(at, hook.id) } });
  }

  #require(id: OperationId, needed: OperationId): void {
    const operation = this.#byId.get(id);
    if (operation !== undefined) this.#change({ ...operation, after: [...operation.after, needed] });
  }

  #change(operation: Operation): void {
    const before = this.#byId.get(operation.id);
    const isNew = (id: OperationId): boolean =>
      before?.after.includes(id) !== true && before?.afterSome?.of.includes(id) !== true;
    this.#byId.set(operation.id, operation);
    for (const id of [...operation.after, ...(operation.afterSome?.of ?? [])].filter(isNew))
      this.#depend(id, operation.id);
    this.#reach.add(operation);
  }

  #put(operation: Operation): void {
    this.#index(operation);
    this.#reach.add(operation);
  }

  #index(operation: Operation): void {
    const { id, host = '', after, afterSome, ended = [] } = operation;
    this.#byId.set(id, operation);
    const ofHost = this.#byHost.get(host);
    if (ofHost === undefined) this.#byHost.set(host, [id]);
    else ofHost.push(id);
    for (const other of new Set([...after, ...(afterSome?.of ?? []), ...ended])) this.#depend(other, id);
  }

  #depend(on: OperationId, id: OperationId): void {
    const known = this.#dependents.get(on);
    if (known === undefined) this.#dependents.set(on, [id]);
    else known.push(id);
  }

  #hookOf(
    { hook, node }: HookScope,
    covered: readonly Operation[],
    { stage }: Operation,
  ): Omit<Operation, 'after' | 'kind'> & RunHook {
    const { name, when, action, timeoutSeconds } = hook;
    const place = hook.stage ?? 'all';
    return {
      id: idOf({ hook, ...(node === undefined ? {} : { node }) }),
      stage: hook.stage ?? stage,
      title: `hook ${name}`,
      ...(node === undefined ? {} : { host: node.address }),
      kind: 'run-hook',
      hook: name,
      when,
      action,
      timeoutSeconds,
      about: {
        ...this.#run,
        ...(place === 'all' ? {} : { stage: place }),
        ...(node === undefined ? {} : { node }),
      },
      covers: covered
        .filter(isGiven)
        .map(({ id, title, host }) => ({ id, title, ...(host === undefined ? {} : { host }) })),
    };
  }
}

const idOf = ({ hook, node }: Pick<HookScope, 'hook' | 'node'>): OperationId =>
  `hook:${hook.name}${node === undefined ? '' : `@${node.address}`}`;

/** True for operations of the plan without hooks. */
const isGiven = ({ kind }: Operation): boolean => kind !== 'run-hook';

/** Reached when an operation has all that it needs, except the hook. */
function readyFor({ id, stage, after, afterSome }: Operation, hook: OperationId): Operation {
  const milestone = createMilestone(`${hook} ${id}`, stage, after);
  return afterSome === undefined ? milestone : { ...milestone, afterSome };
}

const isOfTurn = ({ turn }: Operation, { window, holder }: Turn): boolean =>
  turn?.window === window && turn.holder === holder;

/**
 * The turn that all of the operations have: a hook of it has the same place in the window. Labels of nodes take no turn,
 * and nothing waits for them.
 */
function sharedTurn(operations: readonly Operation[]): Turn | undefined {
  const inTurn = operations.filter(({ kind }) => kind !== 'sync-node');
  const turn = inTurn[0]?.turn;
  return turn !== undefined && inTurn.every((one) => isOfTurn(one, turn)) ? turn : undefined;
}
