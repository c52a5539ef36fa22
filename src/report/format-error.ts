import { ConfigError } from '../core/config-error.js';
import { anyHost, CancelledError, exitCodes, messageOf, RkeError, TimedOutError } from '../core/errors.js';
import { InterruptedError, RunFailedError, type Failure } from '../core/hosts-error.js';
import { formatDiagnostics } from './format-diagnostics.js';
import { redactText } from '../core/redact.js';
import { oneLine, type Style } from './style.js';
import { plainLine } from './plain-line.js';
import { count, fold, foldLines } from './wording.js';

/** The debug log, and the line of the first failure in it. */
export interface LogPlace {
  readonly path: string | undefined;
  readonly failedLine: number | undefined;
}

export interface ErrorLook {
  readonly style: Style;
  /** Shows the source around mistakes of cluster.yml: for terminals. */
  readonly excerpts?: boolean | undefined;
  /** Adds the chain of causes. */
  readonly debug?: boolean | undefined;
  /** Lists all hosts and all lines, however many. */
  readonly verbose?: boolean | undefined;
  /** The debug log of this run. */
  readonly log?: LogPlace | undefined;
}

/**
 * Formats an error for people: host, operation, cause and fix; one block for each failure, and one for equal failures of
 * several hosts. Ends without a line break. The stack of an unexpected error is in the log file only.
 */
export function formatError(error: unknown, look: ErrorLook): string {
  if (error instanceof ConfigError)
    return formatDiagnostics(error, {
      style: look.style,
      excerpts: look.excerpts ?? false,
      exitCode: error.exitCode,
    });
  if (error instanceof CancelledError || error instanceof TimedOutError)
    return `${look.style.warn('!')} ${error.message}: ${error.fix ?? ''}.  (exit ${error.exitCode})`;
  if (error instanceof RunFailedError) return formatFailures(error, look);
  const failure: Failure = { title: '', error: asError(error), ...hostOf(error) };
  const exitCode = error instanceof RkeError ? error.exitCode : exitCodes.internal;
  return [...block([failure], look), lastLine('', exitCode, look)].join('\n');
}

function formatFailures(error: RunFailedError, look: ErrorLook): string {
  const { failures, exitCode } = error;
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = groupKey(failure.error);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  const hosts = new Set(failures.map(({ host }) => host).filter((host) => host !== undefined)).size;
  const interrupted = error instanceof InterruptedError ? `Then the run was ${error.reason.message}. ` : '';
  const who = hosts === 0 ? 'The run failed' : `${count(hosts, 'host')} failed`;
  const rest = exitCode === exitCodes.partial ? '; the others are done' : '';
  // Without it, the fix of each failure says what to run.
  const next = error.hasBegun ? 'Nothing was rolled back. Run the same command again to continue.' : '';
  const sentence = `${who}${rest}. ${interrupted}${next}`.trim();
  return [
    ...[...groups.values()].flatMap((group) => block(group, look)),
    lastLine(sentence, exitCode, look),
  ].join('\n');
}

/** Equal for failures with the same cause and the same fix, whatever the host. */
function groupKey(error: Error): string {
  if (!(error instanceof RkeError)) return JSON.stringify([error.name, error.message]);
  const { code, message, details } = error;
  return JSON.stringify([code, message, error.fixFor(anyHost), details.faults]);
}

/** One failure, or the same one on several hosts. */
function block(
  failures: readonly Failure[],
  { style, debug = false, verbose: isVerbose = debug }: ErrorLook,
): string[] {
  const [first] = failures;
  if (first === undefined) return [];
  const { error, title } = first;
  const hosts = [...new Set(failures.flatMap(({ host }) => host ?? []))];
  const who = hosts.length === 0 ? '' : `${isVerbose ? hosts.join(', ') : fold(hosts)}: `;
  const isExpected = error instanceof RkeError;
  const message = isExpected ? error.message : `internal error: ${error.message}`;
  const fix = isExpected ? fixOf(error, hosts) : 'this is a bug in rke; please report it with the log file';
  return [
    `${style.bad('✗')} ${style.strong(`${who}${clean(message)}`)}`,
    ...(isExpected || title === '' ? [] : labelled('during', [title])),
    ...labelled('why', reasonsOf(failures, isVerbose)),
    ...labelled('fix', fix === undefined ? [] : [fix]),
    ...labelled('more', moreOf(error, hosts)),
    ...(debug ? labelled('cause', causesOf(error)) : []),
  ];
}

/** The command for the one host, or for any of several. */
function fixOf(error: RkeError, hosts: readonly string[]): string | undefined {
  const [host = anyHost] = hosts;
  return error.fixFor(hosts.length > 1 ? anyHost : (error.host ?? host));
}

/** `rke doctor` examines what is wrong with hosts that cannot be used. */
function moreOf(error: Error, hosts: readonly string[]): string[] {
  const isOfHost =
    error instanceof RkeError && (error.exitCode === exitCodes.ssh || error.exitCode === exitCodes.docker);
  if (!isOfHost || hosts.length === 0) return [];
  return [hosts.length > maxNamedHosts ? 'rke doctor' : `rke doctor --nodes ${hosts.join(',')}`];
}

/** With more hosts, all are examined, rather than a long list. */
const maxNamedHosts = 5;

/** Faults, then evidence, as it is with `--verbose`. If it differs between the hosts, that of the first one is printed, with its name. */
function reasonsOf(failures: readonly Failure[], isVerbose: boolean): string[] {
  const all = failures.map(({ error }) => (error instanceof RkeError ? error.details : {}));
  const { faults = [], evidence = [] } = all[0] ?? {};
  const isSame = all.every((other) => JSON.stringify(other.evidence) === JSON.stringify(all[0]?.evidence));
  const { host } = failures[0] ?? {};
  const heading = isSame || evidence.length === 0 || host === undefined ? [] : [`on ${host}:`];
  return [...faults, ...heading, ...(isVerbose ? evidence : foldLines(evidence.map(plainLine)))];
}

/** `  why    first line`, further lines below it. */
function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(6)} ${clean(line)}`);
}

function causesOf({ cause }: Error): string[] {
  const causes: string[] = [];
  // A chain may be a circle.
  for (
    let at = cause;
    at !== undefined && causes.length < 10;
    at = at instanceof Error ? at.cause : undefined
  )
    causes.push(at instanceof Error ? `${at.name}: ${at.message}` : messageOf(at));
  return causes;
}

/** About the run as a whole, the log file, and the exit code. */
function lastLine(sentence: string, exitCode: number, { log }: ErrorLook): string {
  const line = log?.failedLine === undefined ? '' : ` (line ${log.failedLine})`;
  const place = log?.path === undefined ? '' : `Log: ${log.path}${line}`;
  return [[sentence, place].filter((part) => part !== '').join(' '), `(exit ${exitCode})`]
    .filter((part) => part !== '')
    .join('  ');
}

function hostOf(error: unknown): { host?: string } {
  return error instanceof RkeError && error.host !== undefined ? { host: error.host } : {};
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

function clean(text: string): string {
  return redactText(oneLine(text));
}
