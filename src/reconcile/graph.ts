import type { Operation, OperationId } from './operations.js';

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
