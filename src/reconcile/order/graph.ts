import type { Operation, OperationId, Stage } from '../operations.js';

/** A point that is reached when all of `after` are done (docs/decisions/0010). */
export function createMilestone(id: OperationId, stage: Stage, after: readonly OperationId[]): Operation {
  return { id, stage, title: id, after, kind: 'milestone' };
}

/** Operations of several lists, each id once. */
export const uniqueById = (operations: readonly Operation[]): Operation[] => [
  ...new Map(operations.map((one) => [one.id, one])).values(),
];

/**
 * Removes prerequisites that are not operations of this plan: they are already satisfied. So intents may name every
 * prerequisite they know of, needed or not. Milestones without prerequisites, or without dependents, are removed, except those that
 * have a place in a window.
 */
export function pruneSatisfiedDependencies(operations: readonly Operation[]): Operation[] {
  const isPending = pendingOf(operations);
  const pruned = operations
    .filter(({ id }) => isPending(id))
    .map(({ afterSome, ...operation }): Operation => {
      const after = [...new Set(operation.after)].filter(isPending);
      const some = afterSome === undefined ? undefined : pruneSome(afterSome, isPending);
      return some === undefined ? { ...operation, after } : { ...operation, after, afterSome: some };
    });
  return dropUnusedMilestones(pruned);
}

/** Returns a test for ids: true if an operation must be done before the id is reached. */
function pendingOf(operations: readonly Operation[]): (id: OperationId) => boolean {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const known = new Map<OperationId, boolean>();
  const isPending = (id: OperationId): boolean => {
    const operation = byId.get(id);
    if (operation === undefined) return false;
    if (operation.kind !== 'milestone' || operation.turn !== undefined) return true;
    const found = known.get(id) ?? operation.after.some(isPending);
    known.set(id, found);
    return found;
  };
  return isPending;
}

function pruneSome(
  { of, need }: { readonly of: readonly OperationId[]; readonly need: number },
  isPending: (id: OperationId) => boolean,
): { of: readonly OperationId[]; need: number } | undefined {
  const pending = of.filter(isPending);
  const left = need - (of.length - pending.length);
  return left <= 0 ? undefined : { of: pending, need: left };
}

function dropUnusedMilestones(operations: readonly Operation[]): Operation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const used = new Set<OperationId>();
  const use = (id: OperationId): void => {
    if (used.has(id)) return;
    used.add(id);
    const operation = byId.get(id);
    if (operation?.kind === 'milestone') operation.after.forEach(use);
  };
  const isKept = ({ kind, turn }: Operation): boolean => kind !== 'milestone' || turn !== undefined;
  for (const operation of operations)
    if (isKept(operation)) [...operation.after, ...(operation.afterSome?.of ?? [])].forEach(use);
  return operations.filter((operation) => isKept(operation) || used.has(operation.id));
}

/**
 * Makes every operation without prerequisites depend on the gate, and so all others, too.
 *
 * @param operations with prerequisites that are operations of the same list only
 * @param early what may go before, with all that it needs itself
 */
export function holdBehind(
  gate: OperationId,
  operations: readonly Operation[],
  early: readonly OperationId[] = [],
): Operation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const free = new Set<OperationId>();
  const release = (id: OperationId): void => {
    const operation = byId.get(id);
    if (operation === undefined || free.has(id)) return;
    free.add(id);
    operation.after.forEach(release);
  };
  early.forEach(release);
  return operations.map((operation) => {
    const needs = [...operation.after, ...(operation.afterSome?.of ?? [])];
    const isHeld = free.has(operation.id) || needs.some((id) => !free.has(id));
    return isHeld ? operation : { ...operation, after: [...operation.after, gate] };
  });
}
