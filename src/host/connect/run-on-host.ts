import type { Readable, Writable } from 'node:stream';
import { orAborted } from '../../core/deadline.js';
import type { RkeError } from '../../core/errors.js';
import { lostError } from '../ssh/channel-errors.js';
import type { TerminalSize } from '../ssh/ssh-connection.js';
import type { ClientChannel } from '../ssh/ssh2.js';
import { openRoutes, type RoutesOptions } from './open-routes.js';
import type { SshNode } from './ssh-node.js';

/** The terminal or the pipes of a session. */
export interface SessionStreams {
  readonly stdin: Readable;
  readonly stdout: Pick<Writable, 'write'>;
  readonly stderr: Pick<Writable, 'write'>;
  /** Absent for a session without a terminal on the host. */
  readonly size?: TerminalSize | undefined;
  /** Calls back with every new size of the terminal. @returns ends that */
  readonly onResize?: (resized: (size: Pick<TerminalSize, 'columns' | 'rows'>) => void) => () => void;
}

export interface RunOnHostOptions extends RoutesOptions {
  /** A line for the login shell of the user; without it, a shell is opened. */
  readonly command?: string | undefined;
  readonly streams: SessionStreams;
  /** Called when the session is open, before anything is sent. */
  readonly onOpen?: (() => void) | undefined;
}

/** Numbers of the signals that end programs, for the exit code of a shell: 128 and the number. */
const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

/**
 * Opens a session on a host over a connection of its own, with the same keys, jump hosts and checks as every other, and connects it to the
 * streams until it ends. Docker is not needed.
 *
 * @returns the exit code of the command or the shell
 * @throws RkeError (exit 5); the signal's reason when it is aborted
 */
export async function runOnHost(node: SshNode, options: RunOnHostOptions): Promise<number> {
  const { signal, command, streams } = options;
  await using routes = await openRoutes(options);
  await routes.openBastion({ signal });
  await using link = await routes.link(node, { signal });
  const connection = await link.ready({ signal });
  const ended = deferExitCode(() => connection.lost ?? lostError(node.address));
  const channel = await connection.openTerminal({ command, size: streams.size }, { signal }, (opened) => {
    ended.readFrom(opened);
    opened.on('data', (chunk: Buffer) => void streams.stdout.write(chunk));
    opened.stderr.on('data', (chunk: Buffer) => void streams.stderr.write(chunk));
  });
  options.onOpen?.();
  const stopResizing = streams.onResize?.(({ rows, columns }) => channel.setWindow(rows, columns, 0, 0));
  const send = (chunk: Buffer): void => void channel.write(chunk);
  const finish = (): void => void channel.end();
  streams.stdin.on('data', send);
  streams.stdin.once('end', finish);
  try {
    return await orAborted(ended.exitCode, signal);
  } finally {
    streams.stdin.off('data', send);
    streams.stdin.off('end', finish);
    streams.stdin.pause();
    stopResizing?.();
    channel.close();
  }
}

interface ExitCode {
  readonly exitCode: Promise<number>;
  readonly readFrom: (channel: ClientChannel) => void;
}

/** The exit code of a session. @param lost the error of one that ends without a code, as a lost connection does */
function deferExitCode(lost: () => RkeError): ExitCode {
  const { promise: exitCode, resolve, reject } = withResolvers<number>();
  exitCode.catch(() => undefined); // Awaited as soon as the session is open.
  return {
    exitCode,
    readFrom: (channel) => {
      let code: number | undefined;
      channel.once('exit', (status: number | null, name?: string) => {
        code = status ?? 128 + (signalNumbers[(name ?? '').replace(/^SIG/, '')] ?? 0);
      });
      channel.once('error', reject);
      channel.once('close', () => (code === undefined ? reject(lost()) : resolve(code)));
    },
  };
}

/** Like Promise.withResolvers, which Node 20 does not have. */
function withResolvers<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: Error) => void;
} {
  let resolve!: (value: Value) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
