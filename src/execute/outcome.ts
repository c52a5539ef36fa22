import type { OperationId } from '../reconcile/operations.js';

/** How one operation ended. */
export type Outcome =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly error: Error }
  /** `because`: the operation that it needed and that was not done, or why the run stopped. */
  | { readonly status: 'skipped'; readonly because: string };

export type Outcomes = ReadonlyMap<OperationId, Outcome>;

/** True if what needs the operation can no longer run. */
export function isLost(outcome: Outcome | undefined): outcome is Exclude<Outcome, { status: 'done' }> {
  return outcome !== undefined && outcome.status !== 'done';
}
