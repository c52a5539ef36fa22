import { closeSync, fchmodSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { messageOf } from '../core/errors.js';
import type { RkeEvent } from '../core/events.js';
import type { Renderer } from './event-hub.js';
import { redactText } from '../core/redact.js';

/** The debug log of a run: every event, redacted by the hub, and every error with its stack and causes. */
export interface LogFile extends Renderer {
  /** undefined if it cannot be written: the run continues without. */
  readonly path: string | undefined;
  /** Number of the line with the first failure; undefined if nothing failed. */
  readonly failedLine: number | undefined;
  /** Logs the error that ended the run. */
  error(error: unknown): void;
}

/** `prod/cluster.log` for `prod/cluster.yml`. */
export function logFilePath(configPath: string): string {
  return `${configPath.replace(/\.ya?ml$/i, '')}.log`;
}

/**
 * Opens the log, readable by its owner only. The log of the previous run is kept as `….1`. Lines are written at once, so that
 * a crash loses none.
 *
 * @param isShared another run may be writing to it: append instead of replacing it
 */
export function openLogFile(
  path: string,
  { isShared = false }: { readonly isShared?: boolean } = {},
): LogFile {
  const descriptor = open(path, isShared);
  return descriptor === undefined ? noLog : new DebugLog(path, descriptor, isShared ? countLines(path) : 0);
}

const noLog: LogFile = {
  path: undefined,
  failedLine: undefined,
  onEvent: () => undefined,
  error: () => undefined,
  close: () => undefined,
};

class DebugLog implements LogFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #logger: Logger;
  #lines: number;
  #failedLine: number | undefined;

  constructor(path: string, descriptor: number, lines: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#lines = lines;
    this.#logger = pino(
      { level: 'debug', base: null, formatters: { level: (label) => ({ level: label }) }, timestamp: false },
      { write: (line) => this.#append(line) },
    );
  }

  get failedLine(): number | undefined {
    return this.#failedLine;
  }

  onEvent(event: RkeEvent): void {
    const level = levelOf(event);
    this.#logger[level](event);
    if (level === 'error') this.#failedLine ??= this.#lines;
  }

  error(error: unknown): void {
    this.#logger.error({
      time: new Date().toISOString(),
      type: 'error',
      errors: describe(error, new Set()),
    });
    this.#failedLine ??= this.#lines;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(line: string): void {
    this.#lines += 1;
    try {
      writeSync(this.#descriptor, line);
    } catch {
      // A full disk must not end the run.
    }
  }
}

/** Lines of the run that has the lock. */
function countLines(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

function open(path: string, isShared: boolean): number | undefined {
  try {
    if (!isShared) renameSync(path, `${path}.1`);
  } catch {
    // The first run in this directory.
  }
  try {
    const descriptor = openSync(path, 'a', 0o600);
    fchmodSync(descriptor, 0o600);
    return descriptor;
  } catch {
    return undefined;
  }
}

function levelOf({ type }: RkeEvent): 'debug' | 'info' | 'warn' | 'error' {
  if (type === 'operation-failed' || type === 'host-unreachable') return 'error';
  if (type === 'warning' || type === 'operation-skipped') return 'warn';
  return type === 'debug' || type === 'operation-progress' ? 'debug' : 'info';
}

/** An error, the failures that it carries, and its causes, as one list. */
function describe(error: unknown, seen: Set<unknown>): Record<string, string>[] {
  if (error === undefined || seen.has(error)) return [];
  seen.add(error);
  if (!(error instanceof Error)) return [{ message: redactText(messageOf(error)) }];
  const { name, message, stack = '' } = error;
  const text = { name, message: redactText(message), stack: redactText(stack) };
  const failures = 'failures' in error && Array.isArray(error.failures) ? (error.failures as unknown[]) : [];
  const inner = failures.flatMap((failure) =>
    typeof failure === 'object' && failure !== null && 'error' in failure
      ? describe(failure.error, seen)
      : [],
  );
  return [text, ...inner, ...describe(error.cause, seen)];
}
