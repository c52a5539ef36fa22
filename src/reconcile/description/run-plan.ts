import type { RunError, UnchangedCounts } from '../../core/events.js';
import type { DescribedOperations } from './describe-operations.js';

/** What `rke up` would do, as plain JSON without secrets (docs/plan.md). */
export interface RunPlan extends DescribedOperations {
  /** Version of this format. Members may be added to it; a changed meaning gets another number. */
  readonly formatVersion: 1;
  readonly cluster: string;
  readonly kubernetesVersion: string;
  readonly hasChanges: boolean;
  /** What an earlier run left half-done and this one completes. */
  readonly unfinished: readonly string[];
  /** What is lost; the run is confirmed first if there is any. */
  readonly destructive: readonly string[];
  readonly unchanged: UnchangedCounts;
  readonly warnings: readonly { readonly message: string; readonly host?: string }[];
  /** Why `rke up` would stop before it changes anything, and the workers that are not reachable. */
  readonly problems: readonly RunError[];
}
