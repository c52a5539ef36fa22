import type { Operation, OperationId, Turn } from '../operations.js';

/**
 * Which operations come before and after others, in a graph that grows. Numbers stand for operations, so that a thousand hosts can be
 * asked about one after the other.
 */
export class Reach {
  readonly #numbers = new Map<OperationId, number>();
  /** What must be done before: `after`. */
  readonly #needed: number[][] = [];
  /** What may have to be: `afterSome`, `ended`, and the turns before in a window. */
  readonly #awaited: number[][] = [];
  readonly #dependents: number[][] = [];

  constructor(operations: readonly Operation[]) {
    for (const { id } of operations) this.#number(id);
    for (const operation of operations) this.add(operation);
    this.#orderTurns(operations);
  }

  /** Adds an operation, or what a known one waits for besides. Its turn is one that the graph had from the start. */
  add({
    id,
    after,
    afterSome,
    ended = [],
    turn,
  }: Pick<Operation, 'id' | 'after' | 'afterSome' | 'ended' | 'turn'>): void {
    for (const other of after) this.#addEdge(this.#number(other), this.#number(id), true);
    for (const other of [...(afterSome?.of ?? []), ...ended])
      this.#addEdge(this.#number(other), this.#number(id), false);
    if (turn === undefined) return;
    this.#addEdge(this.#number(startOf(turn)), this.#number(id), false);
    this.#addEdge(this.#number(id), this.#number(endOf(turn)), false);
  }

  /** What the operations may wait for, themselves not counted unless they wait for each other. */
  ancestorsOf(ids: readonly OperationId[]): (id: OperationId) => boolean {
    return this.#follow(ids, (number) => [...(this.#needed[number] ?? []), ...(this.#awaited[number] ?? [])]);
  }

  /** What needs one of the operations, and so is skipped if none of them is done. */
  dependentsOf(ids: readonly OperationId[]): (id: OperationId) => boolean {
    return this.#follow(ids, (number) => this.#dependents[number] ?? []);
  }

  #follow(
    ids: readonly OperationId[],
    nextOf: (number: number) => readonly number[],
  ): (id: OperationId) => boolean {
    const found = new Uint8Array(this.#needed.length);
    const open = ids.map((id) => this.#number(id));
    for (let number = open.pop(); number !== undefined; number = open.pop())
      for (const next of nextOf(number)) {
        if (found[next] === 1) continue;
        found[next] = 1;
        open.push(next);
      }
    return (id) => found[this.#numbers.get(id) ?? -1] === 1;
  }

  #number(id: OperationId): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#needed.length;
    this.#numbers.set(id, number);
    this.#needed.push([]);
    this.#awaited.push([]);
    this.#dependents.push([]);
    return number;
  }

  #addEdge(from: number, to: number, isNeeded: boolean): void {
    (isNeeded ? this.#needed : this.#awaited)[to]?.push(from);
    if (isNeeded) this.#dependents[from]?.push(to);
  }

  /** Turns of a window begin in their order: a later one may have to wait until all earlier ones have ended. */
  #orderTurns(operations: readonly Operation[]): void {
    const last = new Map<string, Turn>();
    const seen = new Set<string>();
    for (const { turn } of operations) {
      if (turn === undefined || seen.has(startOf(turn))) continue;
      seen.add(startOf(turn));
      const before = last.get(turn.window);
      if (before !== undefined)
        this.#addEdge(this.#number(endOf(before)), this.#number(startOf(turn)), false);
      last.set(turn.window, turn);
    }
  }
}

/** Points in the graph that are no operations. */
const startOf = ({ window, holder }: Turn): string => `start of ${window} ${holder}`;
const endOf = ({ window, holder }: Turn): string => `end of ${window} ${holder}`;
