import { existsSync } from 'node:fs';
import { exitCodes, RkeError, TimedOutError } from '../core/errors.js';
import type { EventPayload } from '../core/events.js';
import { InterruptedError, RunFailedError } from '../core/hosts-error.js';
import { chooseRenderer } from '../report/choose-renderer.js';
import { createEventHub, type EventHub } from '../report/event-hub.js';
import { formatError } from '../report/format-error.js';
import { logFilePath, openLogFile, type LogFile } from '../report/log-file.js';
import { runErrors } from '../report/run-errors.js';
import { styleFor } from '../report/style.js';
import { lockPath } from '../state/lock-file.js';
import { clusterPaths } from '../state/paths.js';
import type { CommandContext } from './command-context.js';
import type { ClusterOptions } from '../run/cluster-options.js';
import type { ClusterSourceOptions } from '../run/cluster-source.js';
import { readClusterOptions, type ClusterFlags } from './options/read-cluster-options.js';
import { locateConfig } from './options/locate-config.js';
import type { Finished, RunResult } from '../run/apply.js';

export type { ClusterFlags };

/** The terminal of a run that prints its progress there. */
export type Terminal = Pick<EventHub, 'whilePaused'>;

/** How a command ended well; by default `no-change` if it has done nothing. */
export type CommandEnd = Finished & { readonly outcome?: 'done' | 'no-change' };

/** The end of a run on a whole cluster. */
export function endOf({ done, unchanged, kubeconfig, unavailable, hasChanges }: RunResult): CommandEnd {
  const outcome = hasChanges ? 'done' : 'no-change';
  return { done, unchanged, kubeconfig, outcome, ...(unavailable === undefined ? {} : { unavailable }) };
}

export interface CommandSettings {
  /** False for a command that only reads: the log of the last run that changed something stays. */
  readonly writesLog?: boolean;
}

/**
 * Runs a command on a cluster, with progress on stderr and a debug log beside the cluster file, and reports how it ended.
 *
 * @returns the exit code
 */
export async function runCommand(
  flags: ClusterFlags,
  { io, signal }: CommandContext,
  work: (options: ClusterOptions, terminal: Terminal) => Promise<CommandEnd | undefined>,
  { writesLog = true }: CommandSettings = {},
): Promise<number> {
  const source = locateConfig(flags, { io, signal });
  const log = writesLog ? openLog(source) : openLogFile('');
  const hub = createEventHub([
    log,
    chooseRenderer(io.stderr, {
      format: flags.logFormat,
      quiet: flags.quiet,
      verbose: flags.verbose,
      env: io.env,
    }),
  ]);
  const started = performance.now();
  const finish = (end: Omit<Extract<EventPayload, { type: 'run-finished' }>, 'type' | 'durationMs'>): void =>
    hub.emit({ type: 'run-finished', durationMs: performance.now() - started, ...end });
  const onStop = (): void => hub.emit({ type: 'warning', message: stopping });
  signal.addEventListener('abort', onStop, { once: true });
  try {
    const clusterOptions = await readClusterOptions(flags, { io, signal, hub, source });
    const finished = await work(clusterOptions, hub);
    if (finished !== undefined)
      finish({ outcome: finished.done === 0 ? 'no-change' : 'done', failed: 0, ...finished });
    return exitCodes.ok;
  } catch (thrown) {
    const error: unknown = signal.aborted && !(thrown instanceof InterruptedError) ? signal.reason : thrown;
    log.error(error);
    const exitCode = error instanceof RkeError ? error.exitCode : exitCodes.internal;
    finish({
      outcome: isStopped(error, signal) ? 'cancelled' : 'failed',
      done: hub.done,
      failed: countFailures(error, signal),
      unchanged: { containers: 0, files: 0, addons: 0 },
      exitCode,
      errors: runErrors(error),
    });
    await hub.close();
    // Programs get it as an event, and cannot parse a block of text.
    if (flags.logFormat !== 'json')
      io.stderr.write(
        `${formatError(error, {
          style: styleFor(io.stderr, io.env),
          excerpts: io.stderr.isTTY === true,
          debug: flags.debug,
          verbose: flags.verbose,
          log,
        })}\n`,
      );
    return exitCode;
  } finally {
    signal.removeEventListener('abort', onStop);
    await hub.close();
  }
}

/** Counts the failures; an interruption alone is none. */
function countFailures(error: unknown, signal: AbortSignal): number {
  if (error instanceof RunFailedError) return error.failures.length;
  return isStopped(error, signal) ? 0 : 1;
}

/** True if the run was stopped by a signal or by its time limit. */
function isStopped(error: unknown, { aborted }: AbortSignal): boolean {
  return (
    aborted ||
    error instanceof TimedOutError ||
    (error instanceof InterruptedError && error.reason instanceof TimedOutError)
  );
}

const stopping = 'stopping: completing running operations (press Ctrl-C again to exit at once)';

/** Opens the log beside the cluster file; without a file there is no log. It is appended to if another run has the lock. */
function openLog({ configPath, input }: ClusterSourceOptions): LogFile {
  const isShared = existsSync(lockPath(clusterPaths(configPath).state));
  return openLogFile(input !== undefined || existsSync(configPath) ? logFilePath(configPath) : '', {
    isShared,
  });
}
