import type { Duplex } from 'node:stream';
import type { SshDocker } from './docker-api.js';
import type { CallOptions, ExecResult, Host } from './host.js';
import type { SshConnection } from './ssh-connection.js';

/** A host over its one SSH connection. */
export class SshHost implements Host {
  readonly address: string;
  readonly docker: SshDocker;
  readonly #ssh: SshConnection;

  constructor(address: string, ssh: SshConnection, docker: SshDocker) {
    this.address = address;
    this.docker = docker;
    this.#ssh = ssh;
  }

  exec(command: string, options: CallOptions): Promise<ExecResult> {
    return this.#ssh.exec(command, options);
  }

  dial(target: { readonly host: string; readonly port: number }, options: CallOptions): Promise<Duplex> {
    return this.#ssh.dial(target, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.docker.close();
    await this.#ssh[Symbol.asyncDispose]();
  }
}
