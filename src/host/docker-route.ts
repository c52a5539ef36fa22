import type { Duplex } from 'node:stream';
import type { RkeError } from '../core/errors.js';
import type { CallOptions } from './host.js';
import type { SshLink } from './ssh-link.js';

/** The way to Docker. */
export interface DockerRoute {
  /** Opens a connection to the Docker socket. */
  dial(): Promise<Duplex>;
  /** The connection that calls go over, made anew where it was lost; `lost` says later whether it still stands. */
  ready(options: CallOptions): Promise<{ readonly lost: RkeError | undefined }>;
}

/** The Docker socket of a host, over its SSH connection. */
export class SshDockerRoute implements DockerRoute {
  readonly #link: SshLink;
  readonly #socket: string;
  #isForwarded = true;

  constructor(link: SshLink, socket: string) {
    this.#link = link;
    this.#socket = socket;
  }

  /** From now on through the Docker CLI of the host: sshd does not forward to sockets. */
  useDialStdio(): void {
    this.#isForwarded = false;
  }

  ready(options: CallOptions): ReturnType<SshLink['ready']> {
    return this.#link.ready(options);
  }

  async dial(): Promise<Duplex> {
    // Connections to Docker outlive the call that opens them, so they do not end with its signal.
    const options = { signal: neverAborted };
    const ssh = await this.#link.ready(options);
    return this.#isForwarded
      ? ssh.dialSocket(this.#socket, options)
      : ssh.dialCommand(dialStdioCommand(this.#socket), options);
  }
}

const neverAborted = new AbortController().signal;

/** What `docker -H ssh://` runs on the other side, with the socket of cluster.yml. */
function dialStdioCommand(socket: string): string {
  return `docker -H ${quoted(`unix://${socket}`)} system dial-stdio`;
}

/** A word for the shell of the host. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
