import { ConfigError } from '../core/config-error.js';
import { CancelledError, exitCodes, messageOf, RkeError } from '../core/errors.js';
import { InterruptedError, RunFailedError, type Failure } from '../core/hosts-error.js';
import { formatDiagnostics } from './format-diagnostics.js';
import { redactText } from './redact.js';
import { oneLine, type Style } from './style.js';
import { count, fold, foldLines } from './wording.js';

export interface ErrorLook {
  readonly style: Style;
  /** Shows the source around mistakes of cluster.yml: for terminals. */
  readonly excerpts?: boolean | undefined;
  /** Adds the chain of causes. */
  readonly debug?: boolean | undefined;
  /** The debug log of this run. */
  readonly logFile?: string | undefined;
}

/**
 * What went wrong, for people: who, what, why, and what to do now; one block for each failure. Ends without a line
 * break. The stack of an error that nobody foresaw is in the log file only.
 */
export function formatError(error: unknown, look: ErrorLook): string {
  if (error instanceof ConfigError)
    return formatDiagnostics(error, {
      style: look.style,
      excerpts: look.excerpts ?? false,
      exitCode: error.exitCode,
    });
  if (error instanceof CancelledError)
    return `${look.style.warn('!')} ${error.message}; running operations were completed, and nothing was rolled back. Run the same command again to continue.  (exit ${error.exitCode})`;
  if (error instanceof RunFailedError) return formatFailures(error, look);
  const failure: Failure = { title: '', error: asError(error), ...hostOf(error) };
  const exitCode = error instanceof RkeError ? error.exitCode : exitCodes.internal;
  return [...block([failure], look), lastLine('', exitCode, look)].join('\n');
}

function formatFailures(error: RunFailedError, look: ErrorLook): string {
  const { failures, exitCode } = error;
  const groups = new Map<string, readonly Failure[]>();
  for (const failure of failures) {
    const key = `${failure.error.message}\0${fixOf(failure.error) ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  const hosts = new Set(failures.map(({ host }) => host).filter((host) => host !== undefined)).size;
  const interrupted = error instanceof InterruptedError ? `Then the run was ${error.reason.message}. ` : '';
  const who = hosts === 0 ? 'The run failed' : `${count(hosts, 'host')} failed`;
  const rest = exitCode === exitCodes.partial ? '; others are done' : '';
  const sentence = `${who}${rest}. ${interrupted}What is done stays as it is. Run the same command again to continue.`;
  return [
    ...[...groups.values()].flatMap((group) => block(group, look)),
    lastLine(sentence, exitCode, look),
  ].join('\n');
}

/** One failure, or the same one on several hosts. */
function block(failures: readonly Failure[], { style, debug = false }: ErrorLook): string[] {
  const [first] = failures;
  if (first === undefined) return [];
  const { error, title } = first;
  const hosts = [...new Set(failures.flatMap(({ host }) => host ?? []))];
  const isForeseen = error instanceof RkeError;
  const message = isForeseen ? error.message : `internal error: ${error.message}`;
  const head = `${style.bad('✗')} ${style.strong(`${hosts.length === 0 ? '' : `${fold(hosts)}: `}${clean(message)}`)}`;
  const fix = isForeseen ? error.fix : 'this is a bug of rke; please report it, with the log file';
  return [
    head,
    ...(isForeseen || title === '' ? [] : labelled('during', [title])),
    ...labelled('why', isForeseen ? reasonsOf(error) : []),
    ...labelled('fix', fix === undefined ? [] : [fix]),
    ...(debug ? labelled('cause', causesOf(error)) : []),
  ];
}

function reasonsOf({ details: { faults = [], evidence = [] } }: RkeError): string[] {
  return [...faults, ...foldLines(evidence)];
}

/** `  why    first line`, further lines below it. */
function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(6)} ${clean(line)}`);
}

function causesOf({ cause }: Error): string[] {
  const causes: string[] = [];
  // A chain that bites its tail must not hold us up.
  for (
    let at = cause;
    at !== undefined && causes.length < 10;
    at = at instanceof Error ? at.cause : undefined
  )
    causes.push(at instanceof Error ? `${at.name}: ${at.message}` : messageOf(at));
  return causes;
}

/** What holds for the run as a whole, where more is to be read, and the exit code. */
function lastLine(sentence: string, exitCode: number, { logFile }: ErrorLook): string {
  const log = logFile === undefined ? '' : `Log: ${logFile}`;
  return [[sentence, log].filter((part) => part !== '').join(' '), `(exit ${exitCode})`]
    .filter((part) => part !== '')
    .join('  ');
}

function hostOf(error: unknown): { host?: string } {
  return error instanceof RkeError && error.host !== undefined ? { host: error.host } : {};
}

function fixOf(error: Error): string | undefined {
  return error instanceof RkeError ? error.fix : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

function clean(text: string): string {
  return redactText(oneLine(text));
}
