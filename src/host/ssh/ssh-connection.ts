import type { Duplex } from 'node:stream';
import { DeadlineError, startDeadline, orAborted } from '../../core/deadline.js';
import type { RkeError } from '../../core/errors.js';
import { hostInUrl } from '../../core/ip.js';
import { createLimiter } from '../../core/limit.js';
import type { CallOptions, ExecOptions, ExecResult } from '../host.js';
import {
  channelError,
  commandError,
  commandTimeout,
  outputTooLarge,
  sessionError,
} from './channel-errors.js';
import { ChannelSocket } from './channel-socket.js';
import { CommandOutput, mostOutputBytes, OutputTooLarge } from './command-output.js';
import { behindError, connectError } from './connect-errors.js';
import type { KnownHostsFile } from './known-hosts-file.js';
import { Client, type ClientChannel, type SshClient } from './ssh2.js';
import { credentialsFor, type AuthOptions } from './ssh-auth.js';
import { connectMilliseconds, handshake } from './ssh-handshake.js';
import { SshChannels } from './ssh-channels.js';
import type { SshTarget } from './ssh-target.js';

/**
 * sshd accepts 10 sessions on a connection by default (MaxSessions). rke uses 8: commands have 2, and calls to Docker the
 * others (docker-api.ts), if they need sessions. The two spare ones allow for sessions that sshd has not closed yet.
 */
const commandsPerHost = 2;

const commandMilliseconds = 30_000;

/** Other times than the usual ones; for tests. */
export interface SshTiming {
  /** A host that does not answer three of these in a row is lost. */
  readonly keepaliveMilliseconds?: number;
  /** Limit for a command. */
  readonly commandMilliseconds?: number;
  /** How long to ask again for a session that sshd did not open. */
  readonly sessionMilliseconds?: number;
}

/** A terminal on the host. */
export interface TerminalSize {
  /** E.g. `xterm-256color`. */
  readonly term: string;
  readonly columns: number;
  readonly rows: number;
}

export interface ConnectOptions extends AuthOptions {
  readonly knownHosts: KnownHostsFile;
  /** Goes through this host. */
  readonly via?: SshConnection | undefined;
  readonly timing?: SshTiming | undefined;
}

/** The one SSH connection to a host, and what goes over it. */
export class SshConnection implements AsyncDisposable {
  readonly #client: SshClient;
  readonly #target: SshTarget;
  readonly #channels: SshChannels;
  readonly #running = createLimiter(commandsPerHost);
  readonly #timing: SshTiming;

  private constructor(client: SshClient, target: SshTarget, timing: SshTiming = {}) {
    this.#client = client;
    this.#target = target;
    this.#timing = timing;
    this.#channels = new SshChannels(client, target.address, timing.sessionMilliseconds);
  }

  /** @throws RkeError (exit 5) with the cause */
  static async connect(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
    const { signal, via } = options;
    const credentials = await credentialsFor(target, options);
    const sock = await via?.dialNode(target, { signal });
    const client = new Client();
    try {
      await handshake(client, target, {
        ...options,
        credentials,
        sock,
        keepaliveMilliseconds: options.timing?.keepaliveMilliseconds,
      });
    } catch (error) {
      client.destroy();
      signal.throwIfAborted();
      throw connectError(error, target);
    }
    client.setNoDelay(true);
    return new SshConnection(client, target, options.timing);
  }

  /** Why the connection no longer exists; undefined while it does. */
  get lost(): RkeError | undefined {
    return this.#channels.lost;
  }

  get #host(): string {
    return this.#target.address;
  }

  /** @throws RkeError SSH_COMMAND_TIMEOUT or SSH_OUTPUT (exit 5); the signal's reason when it is aborted */
  async exec(command: string, options: ExecOptions): Promise<ExecResult> {
    return this.#running(() => this.#exec(command, options));
  }

  async #exec(command: string, { signal, ...given }: ExecOptions): Promise<ExecResult> {
    const milliseconds = given.milliseconds ?? this.#timing.commandMilliseconds ?? commandMilliseconds;
    using deadline = startDeadline(milliseconds, signal);
    const output = new CommandOutput(mostOutputBytes);
    try {
      const channel = await this.#channels.openSession(command, deadline.signal, (opened) =>
        output.readFrom(opened),
      );
      // sshd reports a closed channel when its command has ended, which may be never: not waited for.
      const result = await orAborted(output.ended, deadline.signal).finally(() => channel.close());
      if (this.lost !== undefined) throw this.lost;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DeadlineError) throw commandTimeout(this.#target, milliseconds);
      if (error instanceof OutputTooLarge) throw outputTooLarge(this.#target, mostOutputBytes);
      throw error;
    }
  }

  /**
   * A connection to the input and output of a command on the host. If the command fails, the connection fails with what it
   * printed to stderr.
   */
  async dialCommand(command: string, { signal }: CallOptions): Promise<Duplex> {
    let said = '';
    let failure: RkeError | undefined;
    const channel = await this.#channels.openSession(command, signal, (opened) => {
      opened.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-1000)));
      opened.once('exit', (status: number | null) => {
        if (status !== 0) failure = commandError(command, { host: this.#host, status, said });
      });
    });
    return new ChannelSocket(channel, () => this.lost ?? failure, 'close');
  }

  /**
   * Opens a session for a person or a program: a command, or the login shell without one. It has no limit of time and is not counted,
   * because its connection is used for nothing else.
   *
   * @param listen called at once: an exit code that comes with the opening would be missed later
   */
  async openTerminal(
    { command, size }: { readonly command?: string | undefined; readonly size?: TerminalSize | undefined },
    { signal }: CallOptions,
    listen: (channel: ClientChannel) => void,
  ): Promise<ClientChannel> {
    const pty = size === undefined ? undefined : { term: size.term, cols: size.columns, rows: size.rows };
    return this.#channels.open(
      signal,
      (done) => {
        const opened = (error: Error | undefined, channel: ClientChannel): void => {
          if (error === undefined) listen(channel);
          done(error, channel);
        };
        if (command === undefined) this.#client.shell(pty ?? false, opened);
        else this.#client.exec(command, pty === undefined ? {} : { pty }, opened);
      },
      (error) => sessionError(error, this.#host),
    );
  }

  /** A TCP connection from the host. */
  async dial(
    { host, port }: { readonly host: string; readonly port: number },
    { signal }: CallOptions,
  ): Promise<Duplex> {
    const to = `${hostInUrl(host)}:${port}`;
    return new ChannelSocket(
      await this.#channels.open(
        signal,
        (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done),
        (error) => channelError(error, { host: this.#host, to }),
      ),
      () => this.lost,
    );
  }

  /** A TCP connection from the host to the sshd of another one. */
  async dialNode(target: SshTarget, { signal }: CallOptions): Promise<Duplex> {
    using deadline = startDeadline(connectMilliseconds, signal);
    try {
      return await this.dial({ host: target.hostName, port: target.port }, { signal: deadline.signal });
    } catch (error) {
      signal.throwIfAborted();
      throw this.lost ?? behindError(error, { bastion: this.#host, target });
    }
  }

  /** A connection to a unix socket on the host. */
  async dialSocket(path: string, { signal }: CallOptions): Promise<Duplex> {
    return new ChannelSocket(
      await this.#channels.open(
        signal,
        (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
        (error) => channelError(error, { host: this.#host, to: path }),
      ),
      () => this.lost,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.lost !== undefined) return;
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    this.#client.end();
    // A host that is down does not answer.
    const giveUp = setTimeout(() => this.#client.destroy(), 2000);
    await closed;
    clearTimeout(giveUp);
  }
}
