import { exitCodes, RkeError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import { createEventHub } from '../report/event-hub.js';
import { chooseRenderer } from '../report/choose-renderer.js';
import { formatError } from '../report/format-error.js';
import { styleFor } from '../report/style.js';
import type { ClusterOptions } from '../run/cluster-options.js';
import type { CommandContext } from './command-context.js';
import { readClusterOptions, type ClusterFlags } from './options/read-cluster-options.js';
import { locateConfig } from './options/locate-config.js';

/**
 * Runs a command whose output is the point, and that has nothing to complete: Ctrl-C ends it at once and without a word. Warnings and
 * errors go to stderr; there is no log file.
 *
 * @returns the exit code
 */
export async function runQuietly(
  flags: ClusterFlags,
  { io, signal }: CommandContext,
  work: (options: ClusterOptions) => Promise<void>,
): Promise<number> {
  const { logFormat, debug, verbose } = flags;
  const hub = createEventHub([chooseRenderer(io.stderr, { format: logFormat, quiet: true, env: io.env })]);
  const source = locateConfig(flags, { io, signal });
  try {
    const options = await readClusterOptions(flags, { io, signal, hub, source });
    // Warnings of cluster.yml have nothing to do with it.
    const emit: EventSink['emit'] = (event) => {
      if (event.type !== 'warning' || event.host !== undefined) hub.emit(event);
    };
    await work({ ...options, events: { emit } });
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted && signal.reason instanceof RkeError) return signal.reason.exitCode;
    await hub.close();
    io.stderr.write(`${formatError(error, { style: styleFor(io.stderr, io.env), debug, verbose })}\n`);
    return error instanceof RkeError ? error.exitCode : exitCodes.internal;
  } finally {
    await hub.close();
  }
}
