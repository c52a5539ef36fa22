/** Checks that run before any change. The names are stable: they are printed, and part of error codes. */
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
  | 'leftovers'
  | 'sysctl'
  | 'storage-driver';

/**
 * The result of one check on one host: `rke up` stops if one failed, and prints warnings. A check whose facts are missing has
 * no result.
 */
export interface CheckResult {
  readonly check: CheckName;
  /** Address in cluster.yml. */
  readonly host: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found, for people. */
  readonly message: string;
  /** What to do, as an imperative sentence; empty if the check passed. */
  readonly fix: string;
}

/** A result without the check and the host. */
export type Verdict = Pick<CheckResult, 'status' | 'message' | 'fix'>;

export const ok = (message: string): Verdict => ({ status: 'ok', message, fix: '' });
export const warning = (message: string, fix: string): Verdict => ({ status: 'warning', message, fix });
export const failed = (message: string, fix: string): Verdict => ({ status: 'failed', message, fix });
