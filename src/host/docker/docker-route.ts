import { startDeadline } from '../../core/deadline.js';
import type { Duplex } from 'node:stream';
import type { RkeError } from '../../core/errors.js';
import type { CallOptions } from '../host.js';
import { quoteForShell } from '../../core/shell-quote.js';
import type { HostLink } from '../host-link.js';

/** The way to Docker. */
export interface DockerRoute {
  /** Opens a connection to the Docker socket. */
  dial(): Promise<Duplex>;
  /** The connection that calls use, reconnected if it was lost; `lost` is undefined while it exists. */
  ready(options: CallOptions): Promise<{ readonly lost: RkeError | undefined }>;
}

/** The Docker socket of a host, over its connection. */
export class DockerSocketRoute implements DockerRoute {
  readonly #link: HostLink;
  readonly #socket: string;
  #isForwarded = true;

  constructor(link: HostLink, socket: string) {
    this.#link = link;
    this.#socket = socket;
  }

  /** Uses the Docker CLI of the host from now on, since sshd does not forward to sockets. */
  useDialStdio(): void {
    this.#isForwarded = false;
  }

  ready(options: CallOptions): ReturnType<HostLink['ready']> {
    return this.#link.ready(options);
  }

  async dial(): Promise<Duplex> {
    // Connections to Docker outlive the call that opens them, so they do not end with its signal.
    using deadline = startDeadline(dialMilliseconds);
    const options = { signal: deadline.signal };
    const connection = await this.#link.ready(options);
    return this.#isForwarded || connection.dialCommand === undefined
      ? await connection.dialSocket(this.#socket, options)
      : await connection.dialCommand(dialStdioCommand(this.#socket), options);
  }
}

/** Limit for a new SSH connection, if one is needed, and a channel on it. */
const dialMilliseconds = 20_000;

/** The command that `docker -H ssh://` runs on the host, with the socket of cluster.yml. */
function dialStdioCommand(socket: string): string {
  return `docker -H ${quoteForShell(`unix://${socket}`)} system dial-stdio`;
}
