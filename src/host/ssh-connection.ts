import type { Duplex } from 'node:stream';
import ssh2, { type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import type { RkeError } from '../core/errors.js';
import type { CallOptions, ExecResult } from './host.js';
import { ChannelSocket } from './channel-socket.js';
import type { KnownHostsFile } from './known-hosts-file.js';
import { sshCredentials, type SshTarget } from './ssh-auth.js';
import { sharedSignal } from './shared-signal.js';
import { behindError, channelError, connectError, keyError, lostError } from './ssh-errors.js';

const connectMilliseconds = 10_000;
const keepaliveMilliseconds = 15_000;

export interface ConnectOptions extends CallOptions {
  readonly knownHosts: KnownHostsFile;
  /** Goes through this host. */
  readonly bastion?: SshConnection | undefined;
}

/** The one SSH connection to a host, and the channels on it. The only place that knows ssh2. */
export class SshConnection implements AsyncDisposable {
  readonly #client: ssh2.Client;
  readonly #host: string;
  #lost: RkeError | undefined;

  private constructor(client: ssh2.Client, host: string) {
    this.#client = client;
    this.#host = host;
    client.setMaxListeners(0); // One for each channel that is being opened.
    client.on('error', (error) => (this.#lost = lostError(host, error)));
    client.once('close', () => (this.#lost ??= lostError(host)));
  }

  /** @throws RkeError (exit 5) that says which of the many causes it is */
  static async connect(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
    const { signal, bastion } = options;
    const credentials = await sshCredentials(target);
    if ('privateKey' in credentials) checkKey(credentials.privateKey, target);
    const sock = await bastion?.dialNode(target, { signal });
    const client = new ssh2.Client();
    try {
      await handshake(client, target, {
        ...options,
        config: { ...credentials, ...(sock === undefined ? {} : { sock }) },
      });
    } catch (error) {
      client.destroy();
      signal.throwIfAborted();
      throw connectError(error, target);
    }
    client.setNoDelay(true);
    return new SshConnection(client, target.address);
  }

  /** Why the connection is no more, or undefined while it stands. */
  get lost(): RkeError | undefined {
    return this.#lost;
  }

  async exec(command: string, { signal }: CallOptions): Promise<ExecResult> {
    const channel = await this.#open('a shell', signal, (done) => this.#client.exec(command, done));
    const output = { stdout: '', stderr: '' };
    channel.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
    channel.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
    const stop = (): void => channel.close();
    signal.addEventListener('abort', stop, { once: true });
    const code = await new Promise<number>((resolve) => {
      let exitCode = -1;
      channel.once('exit', (status: number | null) => (exitCode = status ?? -1));
      channel.once('close', () => resolve(exitCode));
    });
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    return { code, ...output };
  }

  /** A TCP connection made by the host. */
  async dial(
    { host, port }: { readonly host: string; readonly port: number },
    { signal }: CallOptions,
  ): Promise<Duplex> {
    const to = `${host}:${port}`;
    return new ChannelSocket(
      await this.#open(to, signal, (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done)),
      () => this.#lost,
    );
  }

  /** What the SSH connection to another host goes over. */
  async dialNode(target: SshTarget, { signal }: CallOptions): Promise<Duplex> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(connectMilliseconds)]);
    try {
      return await this.dial({ host: target.address, port: target.port }, { signal: bounded });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#lost ?? behindError(error, { bastion: this.#host, target });
    }
  }

  /** A connection to a unix socket of the host. */
  async dialSocket(path: string, { signal }: CallOptions): Promise<Duplex> {
    return new ChannelSocket(
      await this.#open(path, signal, (done) => this.#client.openssh_forwardOutStreamLocal(path, done)),
      () => this.#lost,
    );
  }

  async #open(
    to: string,
    signal: AbortSignal,
    open: (done: (error: Error | undefined, channel: ClientChannel) => void) => unknown,
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
          finish(() =>
            error === undefined ? resolve(channel) : reject(channelError(error, { host: this.#host, to })),
          );
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

function checkKey(privateKey: string, target: SshTarget): void {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey()) throw keyError(parsed, target);
}

async function handshake(
  client: ssh2.Client,
  target: SshTarget,
  { knownHosts, signal, config }: ConnectOptions & { readonly config: ConnectConfig },
): Promise<void> {
  const { address, port, user } = target;
  let refusal: unknown;
  let onAbort = (): void => undefined;
  await new Promise<void>((resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    sharedSignal(signal).addEventListener('abort', onAbort, { once: true });
    client.once('ready', resolve);
    // Errors may follow on the first, and would end the process if nobody took them.
    client.on('error', (error) => reject((refusal as Error | undefined) ?? error));
    client.once('close', () => reject((refusal as Error | undefined) ?? lostError(address)));
    client.connect({
      ...config,
      host: address,
      port,
      username: user,
      readyTimeout: connectMilliseconds,
      keepaliveInterval: keepaliveMilliseconds,
      algorithms: { serverHostKey: keyAlgorithms(knownHosts.keyTypes(address, port)) },
      hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => {
        knownHosts.check(address, port, key).then(
          () => verify(true),
          (error: unknown) => {
            refusal = error;
            verify(false);
          },
        );
      },
    });
  }).finally(() => signal.removeEventListener('abort', onAbort));
}

/** What ssh2 can, those first by which the host is known. An RSA key is used with SHA-2 signatures. */
function keyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const all: ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ];
  const isKnown = (name: string): boolean =>
    knownTypes.includes(name.startsWith('rsa-sha2') ? 'ssh-rsa' : name);
  return [...all.filter(isKnown), ...all.filter((name) => !isKnown(name))];
}
