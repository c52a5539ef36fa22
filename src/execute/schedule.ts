import type { Operation, OperationId } from '../reconcile/operations.js';
import { isLost, type Outcome, type Outcomes } from './outcome.js';
import { Windows, type Admission } from './windows.js';

/** What a run does next: start an operation, or report that it is skipped. */
export type Step =
  | { readonly kind: 'start'; readonly operation: Operation }
  | { readonly kind: 'skip'; readonly operation: Operation; readonly because: string };

/** An operation that has not started, with what it still waits for. */
interface Waiting {
  readonly operation: Operation;
  /** Entries of `after` that are not done; of an `always` operation, that have not ended; and of `ended`. */
  open: number;
  /** Of `afterSome`: how many are still needed, and how many may still be lost. */
  needed: number;
  spare: number;
  /** What it needs will not be done. */
  isHopeless: boolean;
  /** It has all that it needs, except perhaps a place in its window. */
  isAdmitted: boolean;
}

interface Dependent {
  readonly waiting: Waiting;
  /** Of `after`, of `afterSome`, or of `ended`. */
  readonly need: 'all' | 'some' | 'end';
}

/** Why what has not started is skipped when the run is interrupted. */
export const interrupted = 'the run was interrupted';

/**
 * Decides which operations may run: each end looks only at what waits for it, so that the cost of a run is linear in the
 * edges of the graph. Milestones are done as soon as they are reached, and are no steps.
 */
export class Schedule {
  readonly #outcomes = new Map<OperationId, Outcome>();
  readonly #waiting = new Map<OperationId, Waiting>();
  readonly #dependents = new Map<OperationId, Dependent[]>();
  readonly #windows: Windows;
  readonly #milestones = new Set<OperationId>();
  /** Operations that have ended and whose dependents have not been looked at. */
  #ended: Operation[] = [];
  #steps: Step[] = [];

  constructor(operations: readonly Operation[]) {
    this.#windows = new Windows(operations);
    for (const operation of operations) {
      const { id, after, ended = [], afterSome: { of, need } = { of: [], need: 0 } } = operation;
      const spare = of.length - need;
      const open = after.length + ended.length;
      const waiting = { operation, open, needed: need, spare, isHopeless: spare < 0, isAdmitted: false };
      this.#waiting.set(id, waiting);
      if (operation.kind === 'milestone') this.#milestones.add(id);
      for (const other of after) this.#addDependent(other, { waiting, need: 'all' });
      for (const other of of) this.#addDependent(other, { waiting, need: 'some' });
      for (const other of ended) this.#addDependent(other, { waiting, need: 'end' });
    }
  }

  #addDependent(id: OperationId, dependent: Dependent): void {
    const dependents = this.#dependents.get(id);
    if (dependents === undefined) this.#dependents.set(id, [dependent]);
    else dependents.push(dependent);
  }

  get outcomes(): Outcomes {
    return this.#outcomes;
  }

  /** Ids of what has neither started nor been skipped. */
  get waiting(): readonly OperationId[] {
    return [...this.#waiting.keys()];
  }

  /** @returns the first steps of the run */
  begin(): Step[] {
    for (const one of [...this.#waiting.values()]) this.#judge(one);
    return this.#takeSteps();
  }

  /** @returns the steps that the end of an operation leads to */
  end(operation: Operation, outcome: Outcome): Step[] {
    this.#settle(operation, outcome);
    return this.#takeSteps();
  }

  /** Skips all that has not started, except what undoes something that has started. */
  interrupt(): Step[] {
    for (const { operation } of [...this.#waiting.values()])
      if (operation.always !== true) this.#skip(operation, interrupted);
    return this.#takeSteps();
  }

  #takeSteps(): Step[] {
    // Grows during the loop.
    for (const operation of this.#ended) this.#follow(operation);
    this.#ended = [];
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  #settle(operation: Operation, outcome: Outcome): void {
    this.#outcomes.set(operation.id, outcome);
    this.#ended.push(operation);
  }

  /** Looks at all that waits for an operation that has ended. */
  #follow(operation: Operation): void {
    const isDone = this.#outcomes.get(operation.id)?.status === 'done';
    for (const { waiting, need } of this.#dependents.get(operation.id) ?? []) {
      if (need === 'some' && isDone) waiting.needed -= 1;
      else if (need === 'some') waiting.spare -= 1;
      else if (need === 'end' || isDone || waiting.operation.always === true) waiting.open -= 1;
      else waiting.isHopeless = true;
      if (waiting.spare < 0) waiting.isHopeless = true;
      this.#judge(waiting);
    }
    this.#apply(this.#windows.end(operation, isDone));
  }

  #judge(waiting: Waiting): void {
    const { operation } = waiting;
    if (this.#waiting.get(operation.id) !== waiting) return;
    const because = operation.always === true ? this.#neverBegun(operation) : this.#lostNeed(waiting);
    if (because !== undefined) this.#skip(operation, because);
    else if (waiting.open === 0 && waiting.needed <= 0 && !waiting.isAdmitted) {
      waiting.isAdmitted = true;
      this.#apply(this.#windows.admit(operation));
    }
  }

  /** An undo is skipped if what it undoes never started. */
  #neverBegun({ after: [begun = ''] }: Operation): string | undefined {
    return this.#outcomes.get(begun)?.status === 'skipped' ? begun : undefined;
  }

  /** What of its needs was lost; behind a milestone, what the milestone lacks. */
  #lostNeed({ operation, isHopeless }: Waiting): string | undefined {
    if (!isHopeless) return undefined;
    const { after, afterSome } = operation;
    const lost = [...after, ...(afterSome?.of ?? [])].find((id) => isLost(this.#outcomes.get(id))) ?? '';
    const outcome = this.#outcomes.get(lost);
    return this.#milestones.has(lost) && outcome?.status === 'skipped' ? outcome.because : lost;
  }

  #apply({ started, skipped }: Admission): void {
    for (const operation of started) {
      this.#waiting.delete(operation.id);
      if (operation.kind === 'milestone') this.#settle(operation, { status: 'done' });
      else this.#steps.push({ kind: 'start', operation });
    }
    for (const { operation, because } of skipped) this.#skip(operation, because);
  }

  #skip(operation: Operation, because: string): void {
    if (!this.#waiting.delete(operation.id)) return;
    this.#settle(operation, { status: 'skipped', because });
    if (operation.kind !== 'milestone') this.#steps.push({ kind: 'skip', operation, because });
  }
}
