import { Readable } from 'node:stream';
import { runDindShell } from '../../commands/dind/run-dind-shell.js';
import { runSsh } from '../../commands/ssh/run-ssh.js';
import { usageError } from '../../core/errors.js';
import type { SessionStreams } from '../../host/connect/run-on-host.js';
import { knownSize } from '../../report/style.js';
import type { CommandContext } from '../command-context.js';
import type { Io } from '../io.js';
import { isStdin } from '../options/locate-config.js';
import { runQuietly } from '../run-quietly.js';
import type { ClusterFlags } from '../run-command.js';
import { readDindFlags } from './dind.js';

/** Flags of `rke ssh`. */
export interface SshFlags extends ClusterFlags {
  /** A terminal for the command, too. */
  readonly tty?: boolean;
}

/**
 * `rke ssh`: an interactive shell on a node, or a command.
 *
 * @param words of the command, joined by blanks for the login shell on the host, like `ssh`
 * @returns the exit code of the shell or the command; 5 if the node cannot be reached
 */
export async function ssh(
  node: string,
  words: readonly string[],
  flags: SshFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const command = words.length === 0 ? undefined : words.join(' ');
  if (command === undefined && isStdin(flags.config))
    throw usageError('a shell needs standard input, which is the cluster file', {
      fix: 'write the cluster file to disk and name it with --config, or run a command: `rke ssh NODE -- COMMAND`',
    });
  const isTerminal = io.stdin.isTTY && io.stdout.isTTY === true;
  if (flags.tty === true && !isTerminal)
    throw usageError('--tty needs a terminal', { fix: 'leave --tty out' });
  const dind = readDindFlags(flags, context);
  const wantsTerminal = isTerminal && (command === undefined || flags.tty === true);
  const { stdin } = io;
  let code = 0;
  const failed = await runQuietly(flags, context, async (options) => {
    if (dind !== undefined) {
      code = await runDindShell({ ...options, ...dind, node, command, hasTerminal: wantsTerminal });
      return;
    }
    try {
      code = await runSsh({
        ...options,
        node,
        command,
        streams: {
          ...streamsOf(io, wantsTerminal),
          // The cluster file was all that standard input had.
          ...(isStdin(flags.config) ? { stdin: Readable.from([]) } : {}),
        },
        // What is typed goes to the host as it is, Ctrl-C included.
        onOpen: () => {
          if (wantsTerminal) stdin.setRawMode(true);
        },
      });
    } finally {
      if (wantsTerminal) stdin.setRawMode(false);
    }
  });
  return failed === 0 ? code : failed;
}

function streamsOf({ stdin, stdout, stderr, env }: Io, hasTerminal: boolean): SessionStreams {
  const size = (): { readonly columns: number; readonly rows: number } => ({
    columns: knownSize(stdout.columns) ?? 80,
    rows: knownSize(stdout.rows) ?? 24,
  });
  const pipes = { stdin, stdout: bytesTo(stdout), stderr: bytesTo(stderr) };
  if (!hasTerminal) return pipes;
  return {
    ...pipes,
    size: { term: env['TERM'] ?? 'xterm', ...size() },
    onResize: (resized) => {
      const report = (): void => resized(size());
      stdout.on?.('resize', report);
      return () => stdout.off?.('resize', report);
    },
  };
}

/** The output of a session is bytes, which may end within a character. */
function bytesTo(output: Io['stdout']): SessionStreams['stdout'] {
  return { write: (chunk: unknown) => output.write(chunk as string) !== false };
}
