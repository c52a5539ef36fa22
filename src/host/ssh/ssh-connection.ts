import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeadlineError, startDeadline, orAborted } from '../../core/deadline.js';
import { RkeError } from '../../core/errors.js';
import { hostInUrl } from '../../core/ip.js';
import { createLimiter } from '../../core/limit.js';
import type { CallOptions, ExecResult } from '../host.js';
import { ChannelSocket } from './channel-socket.js';
import { CommandOutput, OutputTooLarge } from './command-output.js';
import type { KnownHostsFile } from './known-hosts-file.js';
import { Client, type ClientChannel, type SshClient } from './ssh2.js';
import { credentialsFor, type AuthOptions } from './ssh-auth.js';
import { sharedSignal } from './shared-signal.js';
import {
  behindError,
  channelError,
  commandError,
  commandTimeout,
  connectError,
  lostError,
  outputTooLarge,
  sessionError,
} from './ssh-errors.js';
import { connectMilliseconds, handshake } from './ssh-handshake.js';
import type { SshTarget } from './ssh-target.js';

/**
 * sshd takes 10 sessions on a connection unless told otherwise (MaxSessions). Of 8, commands have 2 and the way to Docker
 * the others (docker-api.ts), if it needs sessions: with two to spare, one that sshd has not yet closed does no harm.
 */
const commandsPerHost = 2;

const commandMilliseconds = 30_000;
/** sshd counts a session until its command has ended, which it may learn a moment after us. */
const sessionMilliseconds = 10_000;
const sessionPauseMilliseconds = 100;

/** Enough for the sockets of a busy host; a command that prints more prints without end. */
const mostOutputBytes = 16 * 1024 * 1024;

/** Other times than those that people get; for tests. */
export interface SshTiming {
  /** A host that does not answer three of these in a row is lost. */
  readonly keepaliveMilliseconds?: number;
  /** What a command gets to end. */
  readonly commandMilliseconds?: number;
  /** How long a session is asked for again that sshd did not open. */
  readonly sessionMilliseconds?: number;
}

export interface ConnectOptions extends AuthOptions {
  readonly knownHosts: KnownHostsFile;
  /** Goes through this host. */
  readonly via?: SshConnection | undefined;
  readonly timing?: SshTiming | undefined;
}

/** The one SSH connection to a host, and the channels on it. What ssh2 does is known here and nowhere else. */
export class SshConnection implements AsyncDisposable {
  readonly #client: SshClient;
  readonly #host: string;
  readonly #running = createLimiter(commandsPerHost);
  readonly #timing: SshTiming;
  #lost: RkeError | undefined;

  private constructor(client: SshClient, host: string, timing: SshTiming = {}) {
    this.#client = client;
    this.#host = host;
    this.#timing = timing;
    client.setMaxListeners(0); // One for each channel that is being opened.
    client.on('error', (error) => (this.#lost = lostError(host, error)));
    client.once('close', () => (this.#lost ??= lostError(host)));
  }

  /** @throws RkeError (exit 5) that says which of the many causes it is */
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
    return new SshConnection(client, target.address, options.timing);
  }

  /** Why the connection is no more, or undefined while it stands. */
  get lost(): RkeError | undefined {
    return this.#lost;
  }

  /** @throws RkeError SSH_COMMAND_TIMEOUT or SSH_OUTPUT (exit 5); the signal's reason when it is aborted */
  async exec(command: string, options: CallOptions): Promise<ExecResult> {
    return this.#running(() => this.#exec(command, options));
  }

  async #exec(command: string, { signal }: CallOptions): Promise<ExecResult> {
    const milliseconds = this.#timing.commandMilliseconds ?? commandMilliseconds;
    using deadline = startDeadline(milliseconds, signal);
    const output = new CommandOutput(mostOutputBytes);
    try {
      const channel = await this.#openSession(command, deadline.signal, (opened) => output.readFrom(opened));
      // sshd says that a channel is closed when its command has ended, which may be never: nobody waits for that.
      const result = await orAborted(output.ended, deadline.signal).finally(() => channel.close());
      if (this.#lost !== undefined) throw this.#lost;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DeadlineError) throw commandTimeout(this.#host, milliseconds);
      if (error instanceof OutputTooLarge) throw outputTooLarge(this.#host, mostOutputBytes);
      throw error;
    }
  }

  /**
   * A command of the host whose input and output are the ends of a connection. Where it ends badly, the connection fails
   * with what the command said.
   */
  async dialCommand(command: string, { signal }: CallOptions): Promise<Duplex> {
    let said = '';
    let failure: RkeError | undefined;
    const channel = await this.#openSession(command, signal, (opened) => {
      opened.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-1000)));
      opened.once('exit', (status: number | null) => {
        if (status !== 0) failure = commandError(command, { host: this.#host, status, said });
      });
    });
    return new ChannelSocket(channel, () => this.#lost ?? failure, 'close');
  }

  /** A TCP connection made by the host. */
  async dial(
    { host, port }: { readonly host: string; readonly port: number },
    { signal }: CallOptions,
  ): Promise<Duplex> {
    const to = `${hostInUrl(host)}:${port}`;
    return new ChannelSocket(
      await this.#open(
        signal,
        (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done),
        (error) => channelError(error, { host: this.#host, to }),
      ),
      () => this.#lost,
    );
  }

  /** What the SSH connection to another host goes over. */
  async dialNode(target: SshTarget, { signal }: CallOptions): Promise<Duplex> {
    using deadline = startDeadline(connectMilliseconds, signal);
    try {
      return await this.dial({ host: target.hostName, port: target.port }, { signal: deadline.signal });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#lost ?? behindError(error, { bastion: this.#host, target });
    }
  }

  /** A connection to a unix socket of the host. */
  async dialSocket(path: string, { signal }: CallOptions): Promise<Duplex> {
    return new ChannelSocket(
      await this.#open(
        signal,
        (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
        (error) => channelError(error, { host: this.#host, to: path }),
      ),
      () => this.#lost,
    );
  }

  /** @param listen called before anything that the command says: what comes with the opening would be missed later */
  async #openSession(
    command: string,
    signal: AbortSignal,
    listen: (channel: ClientChannel) => void,
  ): Promise<ClientChannel> {
    const end = performance.now() + (this.#timing.sessionMilliseconds ?? sessionMilliseconds);
    for (;;) {
      try {
        return await this.#openSessionOnce(command, signal, listen);
      } catch (error) {
        const isBusy = error instanceof RkeError && error.code === 'SSH_SESSIONS';
        if (!isBusy || performance.now() >= end) throw error;
        await sleep(sessionPauseMilliseconds, undefined, { signal });
      }
    }
  }

  #openSessionOnce(
    command: string,
    signal: AbortSignal,
    listen: (channel: ClientChannel) => void,
  ): Promise<ClientChannel> {
    return this.#open(
      signal,
      (done) =>
        this.#client.exec(command, (error, channel) => {
          if (error === undefined) listen(channel);
          done(error, channel);
        }),
      (error) => sessionError(error, this.#host),
    );
  }

  async #open(
    signal: AbortSignal,
    open: (done: (error: Error | undefined, channel: ClientChannel) => void) => unknown,
    refused: (error: Error) => RkeError,
  ): Promise<ClientChannel> {
    signal.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    return new Promise((resolve, reject) => {
      const onClose = (): void => finish(() => reject(lostError(this.#host)));
      const onAbort = (): void => finish(() => reject(signal.reason as Error));
      const finish = (settle: () => void): void => {
        this.#client.off('close', onClose);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      this.#client.once('close', onClose);
      sharedSignal(signal).addEventListener('abort', onAbort, { once: true });
      try {
        open((error, channel) => {
          // A channel that comes too late for its caller must not stay open.
          if (signal.aborted && error === undefined) channel.close();
          finish(() => (error === undefined ? resolve(channel) : reject(refused(error))));
        });
      } catch (cause) {
        finish(() => reject(lostError(this.#host, cause)));
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lost !== undefined) return;
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    this.#client.end();
    // A host that is gone does not answer the goodbye.
    const giveUp = setTimeout(() => this.#client.destroy(), 2000);
    await closed;
    clearTimeout(giveUp);
  }
}
