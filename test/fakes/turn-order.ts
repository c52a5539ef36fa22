import type { Operation, OperationId } from '../../src/reconcile/operations.js';

/**
 * The same operations with the order of windows with one place as prerequisites: every operation of a turn
 * comes after all operations of the turns before.
 */
export function expandTurns(operations: readonly Operation[]): Operation[] {
  const windows = new Map<string, Map<string, OperationId[]>>();
  for (const { id, turn } of operations) {
    if (turn?.places !== 1) continue;
    const turns = windows.get(turn.window) ?? new Map<string, OperationId[]>();
    windows.set(turn.window, turns);
    turns.set(turn.holder, [...(turns.get(turn.holder) ?? []), id]);
  }
  return operations.map((operation) => {
    const { turn } = operation;
    if (turn?.places !== 1) return operation;
    const turns = [...(windows.get(turn.window) ?? [])];
    const earlier = turns.slice(
      0,
      turns.findIndex(([holder]) => holder === turn.holder),
    );
    return { ...operation, after: [...operation.after, ...earlier.flatMap(([, ids]) => ids)] };
  });
}
