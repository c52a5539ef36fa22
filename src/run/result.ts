import type { UnchangedCounts } from '../core/events.js';
import { isWork, type OperationPlan } from '../reconcile/operations.js';
import type { Session } from './session.js';

/** What a run did that went well. */
export interface Finished {
  /** Operations done, and containers, files and add-ons that were as planned. */
  readonly done: number;
  readonly unchanged: UnchangedCounts;
  /** Path of the admin kubeconfig, where the run has to do with it. */
  readonly kubeconfig?: string;
}

/** The same of a run on a whole cluster. */
export interface RunResult extends Finished {
  readonly kubeconfig: string;
  readonly clusterName: string;
  readonly hosts: number;
}

/** What a run did that carried its whole plan out. */
export function resultOf(
  { operations, unchanged }: OperationPlan,
  { spec, paths }: Pick<Session, 'spec' | 'paths'>,
): RunResult {
  return {
    done: operations.filter(isWork).length,
    unchanged,
    kubeconfig: paths.kubeconfig,
    clusterName: spec.clusterName,
    hosts: spec.nodes.length,
  };
}
