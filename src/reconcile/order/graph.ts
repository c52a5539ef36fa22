import type { Operation, OperationId } from '../operations.js';

/**
 * Leaves only those prerequisites that are operations of this plan: what needs nothing done is already as it should be.
 * So intents may name every prerequisite they can think of, whether or not it turned out to be needed.
 */
export function withoutSatisfied(operations: readonly Operation[]): Operation[] {
  const ids = new Set(operations.map(({ id }) => id));
  return operations.map(({ afterSome, ...operation }) => {
    const after = [...new Set(operation.after)].filter((id) => ids.has(id));
    const some = afterSome === undefined ? undefined : pendingSome(afterSome, ids);
    return some === undefined ? { ...operation, after } : { ...operation, after, afterSome: some };
  });
}

function pendingSome(
  afterSome: { readonly of: readonly OperationId[]; readonly need: number },
  ids: ReadonlySet<OperationId>,
): { of: readonly OperationId[]; need: number } | undefined {
  const pending = afterSome.of.filter((id) => ids.has(id));
  const need = afterSome.need - (afterSome.of.length - pending.length);
  return need <= 0 ? undefined : { of: pending, need };
}

/**
 * Holds back whatever waits for nothing else until the gate is done, and with it all the rest.
 *
 * @param operations with prerequisites that are operations of the same list only
 * @param early what may go before, with all that it needs itself
 */
export function behind(
  gate: readonly OperationId[],
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
    return isHeld ? operation : { ...operation, after: [...operation.after, ...gate] };
  });
}
