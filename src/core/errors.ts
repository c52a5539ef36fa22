import { exitCodesOf, type CodeOf, type CodeOfOneClass, type ErrorCode } from './codes/error-codes.js';
import { exitCodes, type ExitCode, type ExitName } from './codes/exit-codes.js';

export { exitCodes, type ExitCode };

/** Placeholder for the address in a command that is printed once for several hosts. */
export const anyHost = 'HOST';

/** What an error carries besides its message. */
export interface ErrorDetails {
  /** Address of the host it happened on, as cluster.yml has it. */
  readonly host?: string;
  /**
   * What the user does about it, as an imperative sentence. A function if a command in it names the host: one text then
   * serves every host with the same error.
   */
  readonly fix?: string | ((host: string) => string);
  /** Last lines of a log, or another proof of the cause. Never contains a secret. */
  readonly evidence?: readonly string[];
  /** Everything that is wrong, each to be fixed by the user: printed in full, while evidence is folded. */
  readonly faults?: readonly string[];
  /** True if trying again may help: set by the adapter that knows, read by `retry`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The one error type that leaves an adapter. `code` is of the table in codes/ and stable, the message is not. The message does
 * not contain the host: renderers print it, so that one cause on fifty hosts is printed once.
 */
export class RkeError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly details: ErrorDetails;

  /** @param exitCode given if the table has several for the code */
  constructor(code: CodeOfOneClass, message: string, details?: ErrorDetails);
  constructor(code: ErrorCode, message: string, details: ErrorDetails, exitCode: ExitCode);
  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    exitCode = exitCodesOf(code)[0] ?? exitCodes.internal,
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RkeError';
    this.code = code;
    this.exitCode = exitCode;
    this.details = details;
  }

  get host(): string | undefined {
    return this.details.host;
  }

  /** What the user does about it, for the host of this error. */
  get fix(): string | undefined {
    return this.fixFor(this.host ?? anyHost);
  }

  /** @param host address, or `HOST` for a text that serves several hosts */
  fixFor(host: string): string | undefined {
    const { fix } = this.details;
    return typeof fix === 'function' ? fix(host) : fix;
  }
}

/** A bug in rke, printed with a request to report it. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InternalError';
  }
}

/** Signals that stop a run after its running operations. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The exit code of a run that a signal stopped: 128 plus the number of the signal, as in shells. */
export const stopExitCodes = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const satisfies Record<StopSignal, ExitCode>;

/** The run was stopped by Ctrl-C, SIGTERM or a closed terminal. */
export class CancelledError extends RkeError {
  constructor(signal: StopSignal = 'SIGINT') {
    const fix =
      'running operations were completed; nothing was rolled back. Run the same command again to continue';
    super('CANCELLED', `stopped by ${signal}`, { fix }, stopExitCodes[signal]);
    this.name = 'CancelledError';
  }
}

/** The time limit that the user has set for the run is over. */
export class TimedOutError extends RkeError {
  /** @param limit as it is printed, e.g. `30m` */
  constructor(limit: string) {
    super('TIMED_OUT', `stopped by the time limit of ${limit}`, {
      fix: 'running operations were completed; nothing was rolled back. Run the same command again to continue',
    });
    this.name = 'TimedOutError';
  }
}

/** Makes the errors of one class: a code of another class does not compile. */
const errorOf =
  <Name extends ExitName>(name: Name) =>
  (code: CodeOf<Name>, message: string, details: ErrorDetails = {}): RkeError =>
    new RkeError(code, message, details, exitCodes[name]);

export const stateError = errorOf('state');
export const sshError = errorOf('ssh');
export const dockerError = errorOf('docker');
export const kubeError = errorOf('kubernetes');
export const etcdError = errorOf('etcd');
export const hookError = errorOf('hook');

export const usageError = (message: string, details?: ErrorDetails): RkeError =>
  new RkeError('USAGE', message, details);

/** Text of anything thrown, for a message or a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The cause of a failed file operation without its code and path, for messages that name the file: "no such file or directory". */
export function fileErrorOf(error: unknown): string {
  return messageOf(error).replace(/^E[A-Z]+: (.+?), [a-z]+(?: '.*)?$/s, '$1');
}
