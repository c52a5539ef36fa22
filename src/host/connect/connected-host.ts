import type { Duplex } from 'node:stream';
import type { SshDocker } from '../docker/docker-api.js';
import type { CallOptions, ExecResult, Host } from '../host.js';
import type { HostLink } from '../host-link.js';

/** A host over its only connection, which is replaced after it is lost. */
export class ConnectedHost implements Host {
  readonly address: string;
  readonly docker: SshDocker;
  readonly #link: HostLink;

  constructor(address: string, link: HostLink, docker: SshDocker) {
    this.address = address;
    this.docker = docker;
    this.#link = link;
  }

  read(command: string, options: CallOptions): Promise<ExecResult> {
    return this.#link.read((connection) => connection.exec(command, options), options);
  }

  async exec(command: string, options: CallOptions): Promise<ExecResult> {
    return (await this.#link.ready(options)).exec(command, options);
  }

  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex> {
    // Nothing has been sent yet, so it may be tried again like a read.
    return this.#link.read((connection) => connection.dial(target, options), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.docker.close();
    await this.#link[Symbol.asyncDispose]();
  }
}
