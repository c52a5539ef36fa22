import { setTimeout as sleep } from 'node:timers/promises';
import { RkeError } from '../../core/errors.js';
import { lostError, sessionError } from './channel-errors.js';
import { sharedSignal } from './shared-signal.js';
import type { ClientChannel, SshClient } from './ssh2.js';

/** sshd counts a session until its command has ended, which it may learn a moment after us. */
const sessionMilliseconds = 10_000;
const sessionPauseMilliseconds = 100;

/** Opens channels on one connection, and knows whether it still exists. */
export class SshChannels {
  readonly #client: SshClient;
  readonly #host: string;
  readonly #sessionMilliseconds: number;
  #lost: RkeError | undefined;

  /** @param milliseconds how long a session that sshd did not open is asked for again */
  constructor(client: SshClient, host: string, milliseconds = sessionMilliseconds) {
    this.#client = client;
    this.#host = host;
    this.#sessionMilliseconds = milliseconds;
    client.setMaxListeners(0); // One for each channel that is being opened.
    client.on('error', (error) => (this.#lost = lostError(host, error)));
    client.once('close', () => (this.#lost ??= lostError(host)));
  }

  /** Why the connection no longer exists; undefined while it does. */
  get lost(): RkeError | undefined {
    return this.#lost;
  }

  /**
   * Opens a session for a command; asks again while sshd has no session free.
   *
   * @param listen called before anything that the command prints: what comes with the opening would be missed later
   * @throws RkeError (exit 5); the signal's reason when it is aborted
   */
  async openSession(
    command: string,
    signal: AbortSignal,
    listen: (channel: ClientChannel) => void,
  ): Promise<ClientChannel> {
    const end = performance.now() + this.#sessionMilliseconds;
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
    return this.open(
      signal,
      (done) =>
        this.#client.exec(command, (error, channel) => {
          if (error === undefined) listen(channel);
          done(error, channel);
        }),
      (error) => sessionError(error, this.#host),
    );
  }

  /**
   * Opens a channel of any kind.
   *
   * @param refused makes the error for what sshd answers
   * @throws RkeError (exit 5); the signal's reason when it is aborted
   */
  async open(
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
}
