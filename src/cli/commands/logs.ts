import { stripVTControlCharacters } from 'node:util';
import { readLogs, type NodeLogLine } from '../../commands/logs/read-logs.js';
import type { CommandContext } from '../command-context.js';
import { runQuietly } from '../run-quietly.js';
import type { ClusterFlags } from '../run-command.js';

/** Flags of `rke logs`. */
export interface LogsFlags extends ClusterFlags {
  readonly node?: readonly string[];
  readonly since?: Date;
  /** `all`, or a number of lines. */
  readonly tail: number | 'all';
  readonly follow?: boolean;
  readonly output: 'text' | 'json';
}

/**
 * `rke logs`: prints the log of a component, with the name of the node before each line if there are several.
 *
 * @returns 0; 130 after Ctrl-C; 5, 6 or 9 if nodes could not be read
 */
export function logs(component: string, flags: LogsFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  let width = 0;
  const format = (line: NodeLogLine): string => {
    if (flags.output === 'json') return JSON.stringify(line);
    const text = io.stdout.isTTY === true ? withoutControls(line.text) : line.text;
    return width === 0 ? text : `${line.node.padEnd(width)}  ${text}`;
  };
  return runQuietly(flags, context, (options) =>
    readLogs({
      ...options,
      component,
      nodes: flags.node,
      since: flags.since,
      tail: flags.tail === 'all' ? undefined : flags.tail,
      follow: flags.follow,
      onNodes: (names) => (width = names.length < 2 ? 0 : Math.max(...names.map(({ length }) => length))),
      onLine: (line) => void io.stdout.write(`${format(line)}\n`),
    }),
  );
}

/** A log may have anything in it; a terminal gets text and tabs only. */
const withoutControls = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\t]+/gu, ' ');
