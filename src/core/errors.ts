/** Exit codes by class of failure. Documented in docs/errors.md; scripts may rely on them. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  config: 3,
  state: 4,
  ssh: 5,
  docker: 6,
  kubernetes: 7,
  etcd: 8,
  partial: 9,
  expiring: 10,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What an error of one class carries besides its message. */
export interface ErrorDetails {
  /** Address of the host it happened on, as cluster.yml has it. */
  readonly host?: string;
  /** What the user does about it, as an imperative sentence. */
  readonly fix?: string;
  /** Last lines of a log, or another proof of the cause. Never holds a secret. */
  readonly evidence?: readonly string[];
  /** Everything that is wrong, each to be mended by the user: shown in full, where evidence is cut. */
  readonly faults?: readonly string[];
  /** True where trying again may help: set by the adapter that knows, read by `retry`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error type that leaves an adapter. `code` is stable, the message is not. */
export class RkeError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly details: ErrorDetails;

  constructor(code: string, exitCode: ExitCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RkeError';
    this.code = code;
    this.exitCode = exitCode;
    this.details = details;
  }

  get host(): string | undefined {
    return this.details.host;
  }

  get fix(): string | undefined {
    return this.details.fix;
  }
}

/** A bug of ours: shown with a request to report it, never expected. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InternalError';
  }
}

/** Signals that end a run in good order. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The exit code of a run that a signal ended: 128 and the signal's number, as shells have it. */
export const stopExitCodes = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const satisfies Record<StopSignal, ExitCode>;

/** The user stopped the run (Ctrl-C, SIGTERM, a terminal that was closed). */
export class CancelledError extends RkeError {
  constructor(signal: StopSignal = 'SIGINT') {
    super('CANCELLED', stopExitCodes[signal], `stopped by ${signal}`, {
      fix: 'running operations were completed, and nothing was rolled back; run the same command again to continue',
    });
    this.name = 'CancelledError';
  }
}

export const usageError = (message: string, details?: ErrorDetails): RkeError =>
  new RkeError('USAGE', exitCodes.usage, message, details);
export const stateError = (code: string, message: string, details?: ErrorDetails): RkeError =>
  new RkeError(code, exitCodes.state, message, details);
export const sshError = (code: string, message: string, details?: ErrorDetails): RkeError =>
  new RkeError(code, exitCodes.ssh, message, details);
export const dockerError = (code: string, message: string, details?: ErrorDetails): RkeError =>
  new RkeError(code, exitCodes.docker, message, details);
export const kubeError = (code: string, message: string, details?: ErrorDetails): RkeError =>
  new RkeError(code, exitCodes.kubernetes, message, details);
export const etcdError = (code: string, message: string, details?: ErrorDetails): RkeError =>
  new RkeError(code, exitCodes.etcd, message, details);

/** Text of anything thrown, for a message or a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
