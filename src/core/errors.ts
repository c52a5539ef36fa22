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

/** The user stopped the run (Ctrl-C, SIGTERM). */
export class CancelledError extends RkeError {
  constructor(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    super(
      'CANCELLED',
      signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated,
      `stopped by ${signal}`,
      {
        fix: 'what was begun has ended, and what is done stays as it is; run the same command again to continue',
      },
    );
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
