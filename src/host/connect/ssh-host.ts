import type { Duplex } from 'node:stream';
import type { SshDocker } from '../docker/docker-api.js';
import type { CallOptions, ExecResult, Host } from '../host.js';
import type { SshLink } from '../ssh/ssh-link.js';

/** A host over its only SSH connection, which reconnects after it is lost. */
export class SshHost implements Host {
  readonly address: string;
  readonly docker: SshDocker;
  readonly #link: SshLink;

  constructor(address: string, link: SshLink, docker: SshDocker) {
    this.address = address;
    this.docker = docker;
    this.#link = link;
  }

  read(command: string, options: CallOptions): Promise<ExecResult> {
    return this.#link.read((ssh) => ssh.exec(command, options), options);
  }

  async exec(command: string, options: CallOptions): Promise<ExecResult> {
    return (await this.#link.ready(options)).exec(command, options);
  }

  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex> {
    // Nothing has been sent yet, so it may be tried again like a read.
    return this.#link.read((ssh) => ssh.dial(target, options), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.docker.close();
    await this.#link[Symbol.asyncDispose]();
  }
}
