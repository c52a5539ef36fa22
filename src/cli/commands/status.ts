import { findClusterFiles } from '../../commands/status/find-cluster-files.js';
import { readStatuses, type StatusOrErrors } from '../../commands/status/read-statuses.js';
import { exitCodes, RkeError, usageError } from '../../core/errors.js';
import { redactValue } from '../../core/redact.js';
import { createEventHub } from '../../report/event-hub.js';
import { formatError } from '../../report/format-error.js';
import { createNdjsonRenderer } from '../../report/ndjson.js';
import { screenLookOf } from '../../report/screen-look.js';
import { styleFor } from '../../report/style.js';
import type { CommandContext } from '../command-context.js';
import { readClusterOptions, type ClusterFlags } from '../options/read-cluster-options.js';
import { isStdin, locateConfig } from '../options/locate-config.js';
import { formatStatus } from '../show/status-text.js';
import { formatStatuses } from '../show/statuses-text.js';
import { watch, type Render } from '../watch.js';

/** Flags of `rke status`. */
export interface StatusFlags extends Omit<ClusterFlags, 'config'> {
  /** Cluster files and directories. */
  readonly config: readonly string[];
  readonly output: 'text' | 'json';
  readonly watch?: boolean;
  /** Milliseconds. */
  readonly interval: number;
}

/** A refresh that takes longer reports what it has not reached. */
const refreshMilliseconds = 60_000;

/**
 * `rke status`: prints how one or several clusters are.
 *
 * @returns 0 if all are healthy and as their cluster.yml, 10 if not; the exit code of the first failure if none could be read; the exit
 *   code of the signal after Ctrl-C
 */
export async function status(flags: StatusFlags, context: CommandContext): Promise<number> {
  const { io, signal } = context;
  const hub = createEventHub(flags.logFormat === 'json' ? [createNdjsonRenderer(io.stderr)] : []);
  try {
    if (flags.config.length > 1 && flags.config.some(isStdin))
      throw usageError('standard input is one cluster file, and --config is given more than once', {
        fix: 'run `rke status -c -` for it alone',
      });
    const sources = flags.config.map((config) => locateConfig({ ...flags, config }, context));
    const paths = sources.map(({ configPath }) => configPath);
    const [first = ''] = flags.config;
    const [source = { configPath: '' }] = sources;
    const options = await readClusterOptions({ ...flags, config: first }, { ...context, hub, source });
    const timeoutMilliseconds = flags.timeout ?? (flags.watch === true ? refreshMilliseconds : undefined);
    const read = async (): Promise<StatusOrErrors[]> =>
      readStatuses(source.input === undefined ? await findClusterFiles(paths) : paths, {
        ...options,
        timeoutMilliseconds,
      });
    if (flags.watch === true) return await redraw(read, flags, context);
    const clusters = await read();
    const isReported = reportOnly(clusters, flags, context);
    if (!isReported || flags.output === 'json') io.stdout.write(format(clusters, flags, context));
    return exitCodeOf(clusters);
  } catch (error) {
    // Ctrl-C ends a command that has nothing to complete without a word.
    if (signal.aborted && signal.reason instanceof RkeError) return signal.reason.exitCode;
    throw error;
  } finally {
    await hub.close();
  }
}

function redraw(
  read: () => Promise<StatusOrErrors[]>,
  flags: StatusFlags,
  context: CommandContext,
): Promise<never> {
  const { io } = context;
  const isScreen = io.stdout.isTTY === true && io.env['TERM'] !== 'dumb' && flags.output === 'text';
  const every = `every ${Math.round(flags.interval / 1000)}s, Ctrl-C ends`;
  const refresh = async (): Promise<Render> => {
    const clusters = await read();
    const head = flags.output === 'json' ? '' : `${new Date().toISOString().slice(0, 19)}Z, ${every}\n\n`;
    const end = flags.output === 'json' ? '' : '\n';
    return () => `${head}${format(clusters, flags, context)}${end}`;
  };
  return watch(refresh, context, { intervalMilliseconds: flags.interval, appends: !isScreen });
}

/** JSON is a list of clusters; with `--watch`, one list in each line. */
function format(
  clusters: readonly StatusOrErrors[],
  { output, watch: isWatched, verbose }: StatusFlags,
  { io }: CommandContext,
): string {
  const known = redactValue(clusters.map((one) => ('status' in one ? one.status : one.unread)));
  if (output === 'json') return `${JSON.stringify(known, undefined, isWatched === true ? undefined : 2)}\n`;
  const look = screenLookOf(io.stdout, { env: io.env, verbose });
  const [only] = known.length === 1 ? known : [];
  return only !== undefined && 'cluster' in only ? formatStatus(only, look) : formatStatuses(known, look);
}

/** The only cluster, if it could not be read, is reported in full: every host and every fix. @returns true if it was */
function reportOnly(
  clusters: readonly StatusOrErrors[],
  { debug, verbose, logFormat }: StatusFlags,
  { io }: CommandContext,
): boolean {
  const [only] = clusters.length === 1 ? clusters : [];
  if (only === undefined || !('error' in only) || logFormat === 'json') return false;
  io.stderr.write(
    `${formatError(only.error, { style: styleFor(io.stderr, io.env), excerpts: io.stderr.isTTY === true, debug, verbose })}\n`,
  );
  return true;
}

function exitCodeOf(clusters: readonly StatusOrErrors[]): number {
  const errors = clusters.flatMap((one) => ('error' in one ? [one.error] : []));
  const [first] = errors;
  if (errors.length === clusters.length && first !== undefined)
    return first instanceof RkeError ? first.exitCode : exitCodes.internal;
  const isHealthy =
    errors.length === 0 && clusters.every((one) => 'status' in one && one.status.state === 'healthy');
  return isHealthy ? exitCodes.ok : exitCodes.findings;
}
