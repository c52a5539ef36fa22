import { exitCodes, RkeError, type ExitCode } from './errors.js';

/** One thing that went wrong in a run: on a host, or in the cluster as a whole. */
export interface Failure {
  readonly title: string;
  readonly host?: string;
  readonly error: Error;
}

/** A run that could not do everything. Rendered as one block for each failure. */
export class RunFailedError extends RkeError {
  readonly failures: readonly Failure[];

  /**
   * @param failures at least one
   * @param isPartial some hosts were done completely: exit code 9 instead of that of the first failure
   */
  constructor(failures: readonly Failure[], isPartial: boolean) {
    super(
      'RUN_FAILED',
      isPartial ? exitCodes.partial : classOf(failures),
      `${failures.length} operations failed`,
    );
    this.name = 'RunFailedError';
    this.failures = failures;
  }
}

function classOf(failures: readonly Failure[]): ExitCode {
  const first = failures[0]?.error;
  return first instanceof RkeError ? first.exitCode : exitCodes.internal;
}
