import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';

/** Generated for each run, so that the repository contains no key. */
export const userKey = makeKey();

interface Streamlocal {
  readonly socketPath: string;
}

/** An SSH server with one user, `rke`, who logs in with `userKey`. Its channels lead to the requested targets. */
export class FakeSshd implements AsyncDisposable {
  /** TCP connections so far. */
  connections = 0;
  /** Targets of forwardings so far. */
  readonly forwarded: string[] = [];
  /** How it forwards: to the target, not at all by its configuration, or without an answer from there. */
  forwarding: 'works' | 'prohibited' | 'refused' | 'hangs' = 'works';
  /** Public keys that may log in, as `type base64`. */
  authorized: readonly string[] = [publicPart(userKey.private)];
  /** True if the host has the Docker CLI, for `docker system dial-stdio`. */
  hasDockerCli = false;
  /** How many sessions it opens at the same time; commands run in them. */
  maxSessions = 10;
  /** How many sessions it refused. */
  refusedSessions = 0;
  runsCommands = true;
  /** Commands so far. */
  readonly commands: string[] = [];
  /** The output and exit code of a command; undefined if it never ends. */
  run: (command: string) => { stdout?: string; stderr?: string; code: number } | undefined = () => ({
    code: 0,
  });
  readonly hostKeys: readonly string[];
  readonly address = '127.0.0.1';
  port = 0;
  readonly #server: ssh2.Server;
  readonly #open = new Set<{ client: Connection; sockets: Set<Duplex> }>();

  private constructor(hostKeys: readonly string[]) {
    this.hostKeys = hostKeys.map(publicPart);
    this.#server = new ssh2.Server({ hostKeys: [...hostKeys] }, (client) => this.#serve(client));
  }

  static async start(hostKeys = [makeKey().private], port = 0): Promise<FakeSshd> {
    const sshd = new FakeSshd(hostKeys);
    await new Promise<void>((resolve) => sshd.#server.listen(port, sshd.address, resolve));
    sshd.port = (sshd.#server.address() as AddressInfo).port;
    return sshd;
  }

  /** Its name in known_hosts. */
  get pattern(): string {
    return `[${this.address}]:${this.port}`;
  }

  /** How many connections are open now. */
  get openConnections(): number {
    return this.#open.size;
  }

  /** How many channels are open now, over all connections. */
  get openChannels(): number {
    return [...this.#open].reduce((sum, { sockets }) => sum + sockets.size, 0);
  }

  /** Ends all connections without a message, like a host that loses power. */
  drop(): void {
    for (const { client } of this.#open) client.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Connection): void {
    this.connections += 1;
    const open = { client, sockets: new Set<Duplex>() };
    this.#open.add(open);
    client.on('error', () => undefined);
    client.once('close', () => {
      for (const socket of open.sockets) socket.destroy();
      this.#open.delete(open);
    });
    client.on('authentication', (context) => authenticate(context, this.authorized));
    let sessions = 0;
    client.on('session', (accept, reject) => {
      if (sessions >= this.maxSessions) {
        this.refusedSessions += 1;
        reject();
        return;
      }
      sessions += 1;
      const session = accept();
      session.once('close', () => (sessions -= 1));
      this.#session(session, open.sockets);
    });
    // ssh2 responds "prohibited" to events without a listener, and "connect failed" to rejected ones.
    if (this.forwarding === 'prohibited') return;
    client.on('tcpip', (accept, reject, { destIP, destPort }) =>
      this.#forward(`${destIP}:${destPort}`, open.sockets, {
        accept,
        reject,
        dial: () => connect({ port: destPort, host: destIP, allowHalfOpen: true }),
      }),
    );
    client.on('openssh.streamlocal' as 'tcpip', (accept, reject, info) => {
      const { socketPath } = info as unknown as Streamlocal;
      this.#forward(socketPath, open.sockets, {
        accept,
        reject,
        dial: () => connect({ path: socketPath, allowHalfOpen: true }),
      });
    });
  }

  #session(session: Session, sockets: Set<Duplex>): void {
    session.on('exec', (accept, reject, { command }) => {
      if (!this.runsCommands) {
        reject();
        return;
      }
      this.commands.push(command);
      const channel = accept();
      const [, socketPath] = /^docker -H 'unix:\/\/(.*)' system dial-stdio$/.exec(command) ?? [];
      if (socketPath !== undefined && this.hasDockerCli) {
        dialStdio(channel, socketPath, sockets);
        return;
      }
      const result =
        socketPath === undefined ? this.run(command) : { stderr: 'sh: 1: docker: not found\n', code: 127 };
      if (result === undefined) return;
      channel.stderr.write(result.stderr ?? '');
      channel.write(result.stdout ?? '');
      channel.exit(result.code);
      channel.end();
    });
  }

  #forward(
    target: string,
    sockets: Set<Duplex>,
    { accept, reject, dial }: { accept: () => ServerChannel; reject: () => void; dial: () => Duplex },
  ): void {
    this.forwarded.push(target);
    if (this.forwarding === 'hangs') return;
    if (this.forwarding !== 'works') {
      reject();
      return;
    }
    const socket = dial();
    socket.once('connect', () => {
      const channel = accept();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      channel.once('close', () => socket.destroy());
      channel.on('error', () => socket.destroy());
      socket.pipe(channel, { end: false });
      channel.pipe(socket);
      // Like OpenSSH: the end of one direction is passed on, and the channel stays until the other has ended too.
      socket.once('end', () => channel.eof());
      socket.once('close', () => channel.close());
    });
    socket.once('error', reject);
  }
}

/** `docker system dial-stdio`: connects its input and output to the socket. */
function dialStdio(channel: ServerChannel, path: string, sockets: Set<Duplex>): void {
  const socket = connect({ path, allowHalfOpen: true });
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.once('error', (error) => channel.stderr.write(`${error.message}\n`));
  socket.pipe(channel, { end: false });
  channel.pipe(socket);
  channel.once('close', () => socket.destroy());
  channel.on('error', () => socket.destroy());
  socket.once('end', () => socket.end());
  socket.once('close', (hadError) => {
    channel.exit(hadError ? 1 : 0);
    channel.end();
  });
}

function authenticate(context: AuthContext, authorized: readonly string[]): void {
  if (context.method !== 'publickey' || context.username !== 'rke') {
    context.reject(['publickey']);
    return;
  }
  const offered = `${context.key.data.toString('utf8', 4, 4 + context.key.data.readUInt32BE(0))} ${context.key.data.toString('base64')}`;
  const key = ssh2.utils.parseKey(offered);
  const isOurs =
    authorized.includes(offered) &&
    !(key instanceof Error) &&
    (context.signature === undefined ||
      context.blob === undefined ||
      key.verify(context.blob, context.signature, context.hashAlgo));
  if (isOurs) context.accept();
  else context.reject(['publickey']);
}

/** `type base64`, as in known_hosts. */
export function publicPart(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

/** ssh2 occasionally generates a key that it cannot read itself. */
export function makeKey(passphrase = ''): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair =
      passphrase === ''
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 1 });
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}
