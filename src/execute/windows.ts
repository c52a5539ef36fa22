import type { Operation, OperationId } from '../reconcile/operations.js';

/** Operations that may start now, and those that never will. */
export interface Admission {
  readonly started: readonly Operation[];
  readonly skipped: readonly { readonly operation: Operation; readonly because: OperationId }[];
}

interface TurnState {
  /** Operations of the turn that have not ended. */
  readonly open: Set<Operation>;
  /** Those that wait for nothing but the place. */
  readonly ready: Set<Operation>;
  /** The first that failed or was skipped. */
  lost: OperationId | undefined;
  hasPlace: boolean;
}

interface WindowState {
  readonly places: number;
  readonly turns: TurnState[];
  /** Index of the first turn that has not started. */
  next: number;
  free: number;
  /** What failed in the turns that keep their places. */
  readonly kept: OperationId[];
}

const nothing: Admission = { started: [], skipped: [] };

/**
 * The windows of a run (docs/decisions/0010): who has a place, and whose turn is next. A turn that is lost before it begins
 * takes its place when its turn comes, and keeps it. When all places are kept, the turns after them are skipped.
 */
export class Windows {
  readonly #turns = new Map<Operation, { readonly window: WindowState; readonly turn: TurnState }>();

  constructor(operations: Iterable<Operation>) {
    const windows = new Map<string, WindowState & { readonly byHolder: Map<string, TurnState> }>();
    for (const operation of operations) {
      if (operation.turn === undefined) continue;
      const { window: name, holder, places } = operation.turn;
      const window = windows.get(name) ?? {
        ...{ places, turns: [], next: 0, free: places, kept: [] },
        byHolder: new Map<string, TurnState>(),
      };
      windows.set(name, window);
      const turn = window.byHolder.get(holder) ?? newTurn();
      if (!window.byHolder.has(holder)) window.turns.push(turn);
      window.byHolder.set(holder, turn);
      turn.open.add(operation);
      this.#turns.set(operation, { window, turn });
    }
  }

  /** Asks for a place for an operation that has all else that it needs. */
  admit(operation: Operation): Admission {
    const found = this.#turns.get(operation);
    if (found === undefined || found.turn.hasPlace) return { started: [operation], skipped: [] };
    found.turn.ready.add(operation);
    return advance(found.window);
  }

  /** Notes the end of an operation. If all of its turn is done, its place is free for the next one. */
  end(operation: Operation, isDone: boolean): Admission {
    const found = this.#turns.get(operation);
    if (found === undefined) return nothing;
    const { window, turn } = found;
    turn.open.delete(operation);
    // One that was skipped while it waited for the place must not start when the place is free.
    turn.ready.delete(operation);
    if (!isDone && turn.lost === undefined) {
      turn.lost = operation.id;
      if (turn.hasPlace) window.kept.push(turn.lost);
    }
    if (turn.open.size === 0 && turn.hasPlace && turn.lost === undefined) window.free += 1;
    return advance(window);
  }
}

function newTurn(): TurnState {
  return { open: new Set(), ready: new Set(), lost: undefined, hasPlace: false };
}

/** Lets turns begin, in their order, while there are places. */
function advance(window: WindowState): Admission {
  const started: Operation[] = [];
  while (window.free > 0) {
    const turn = window.turns[window.next];
    if (turn === undefined || (turn.ready.size === 0 && turn.lost === undefined)) break;
    window.next += 1;
    window.free -= 1;
    turn.hasPlace = true;
    if (turn.lost !== undefined) window.kept.push(turn.lost);
    started.push(...turn.ready);
    turn.ready.clear();
  }
  return { started, skipped: window.kept.length < window.places ? [] : skipRest(window) };
}

function skipRest(window: WindowState): Admission['skipped'] {
  const [because = ''] = window.kept;
  const rest = window.turns.slice(window.next);
  window.next = window.turns.length;
  return rest.flatMap(({ open }) => [...open].map((operation) => ({ operation, because })));
}
