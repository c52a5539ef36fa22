/** What is looked at before anything is changed. The names are stable: they are shown, and part of error codes. */
export type CheckName =
  | 'docker'
  | 'clock'
  | 'disk'
  | 'memory'
  | 'machine-id'
  | 'hostname'
  | 'cgroup'
  | 'kernel-modules'
  | 'swap'
  | 'leftovers';

/**
 * What one check found on one host, as data: `rke up` stops at what failed and shows warnings. A check that could not
 * find out gives no result.
 */
export interface CheckResult {
  readonly check: CheckName;
  /** Address in cluster.yml. */
  readonly host: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found, for people. */
  readonly message: string;
  /** What to do about it, as an imperative sentence; empty where all is well. */
  readonly fix: string;
}

/** The part of a result that does not depend on whom it speaks of. */
export type Verdict = Pick<CheckResult, 'status' | 'message' | 'fix'>;

export const ok = (message: string): Verdict => ({ status: 'ok', message, fix: '' });
export const warning = (message: string, fix: string): Verdict => ({ status: 'warning', message, fix });
export const failed = (message: string, fix: string): Verdict => ({ status: 'failed', message, fix });
