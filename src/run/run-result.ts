import type { UnchangedCounts } from '../core/events.js';

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
