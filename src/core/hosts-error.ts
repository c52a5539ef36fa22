import { exitCodes, RkeError, type ExitCode } from './errors.js';

/** One failure of a run: on a host, or in the cluster as a whole. */
export interface Failure {
  readonly title: string;
  readonly host?: string;
  readonly error: Error;
}

/** How a run failed. */
export interface RunFailure {
  /** True if some hosts were completed: exit code 9 instead of that of the first failure. */
  readonly isPartial?: boolean;
  /** False for what was refused, or failed without a trace: there is nothing to continue. */
  readonly hasBegun?: boolean;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/** A run with failures. Printed as one block for each different one. */
export class RunFailedError extends RkeError {
  readonly failures: readonly Failure[];
  /** True if something was changed that the same command would continue. */
  readonly hasBegun: boolean;

  /** @param failures at least one */
  constructor(
    failures: readonly Failure[],
    { isPartial = false, hasBegun = false, ...given }: RunFailure = {},
  ) {
    const exitCode = given.exitCode ?? (isPartial ? exitCodes.partial : classOf(failures));
    super('RUN_FAILED', `${failures.length} operations failed`, { cause: given.cause }, exitCode);
    this.name = 'RunFailedError';
    this.failures = failures;
    this.hasBegun = hasBegun;
  }
}

/** A run that was interrupted after a failure. */
export class InterruptedError extends RunFailedError {
  /** Why it was interrupted. */
  readonly reason: RkeError;

  constructor(reason: RkeError, failures: readonly Failure[]) {
    super(failures, { exitCode: reason.exitCode, cause: reason, hasBegun: true });
    this.name = 'InterruptedError';
    this.reason = reason;
  }
}

function classOf(failures: readonly Failure[]): ExitCode {
  const first = failures[0]?.error;
  return first instanceof RkeError ? first.exitCode : exitCodes.internal;
}
