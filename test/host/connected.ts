import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeSpec } from '../../src/config/cluster-spec.js';
import { RkeError } from '../../src/core/errors.js';
import {
  connectHosts,
  type ConnectHostsOptions,
  type HostSet,
} from '../../src/host/connect/connect-hosts.js';
import type { Host } from '../../src/host/host.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { FakeDocker } from './fake-docker.js';
import { FakeSshd, userKey } from './fake-sshd.js';

export const signal = new AbortController().signal;

/** Limits that expire immediately. Set them once a host is connected: connecting keeps its normal limits. */
export const shortLimits = {
  commandMilliseconds: 60,
  callMilliseconds: 60,
  stallMilliseconds: 60,
  waitMilliseconds: 60,
};

/** A host with sshd and Docker, and the configuration to connect to it. */
export class Lane implements AsyncDisposable {
  readonly sshd: FakeSshd;
  readonly docker: FakeDocker;
  readonly folder: string;
  readonly sink = recordingSink();
  readonly #sets: HostSet[] = [];

  private constructor(sshd: FakeSshd, docker: FakeDocker, folder: string) {
    this.sshd = sshd;
    this.docker = docker;
    this.folder = folder;
  }

  static async open(sshd?: FakeSshd): Promise<Lane> {
    const folder = await mkdtemp(join(tmpdir(), 'rke-host-'));
    return new Lane(sshd ?? (await FakeSshd.start()), await FakeDocker.start(), folder);
  }

  get knownHosts(): string {
    return join(this.folder, 'known_hosts');
  }

  readKnownHosts(): Promise<string> {
    return readFile(this.knownHosts, 'utf8');
  }

  /** Writes a file into the lane's directory. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  node(changes: Partial<NodeSpec> = {}): NodeSpec {
    return {
      address: this.sshd.address,
      port: String(this.sshd.port),
      internalAddress: this.sshd.address,
      role: ['worker'],
      hostnameOverride: 'node-1',
      user: 'rke',
      sshKey: userKey.private,
      dockerSocket: this.docker.socket,
      ...changes,
    };
  }

  async connectAll(
    changes: Partial<NodeSpec> = {},
    options: Partial<ConnectHostsOptions> = {},
  ): Promise<HostSet> {
    const set = await connectHosts([this.node(changes)], {
      events: this.sink,
      limit: 5,
      signal,
      knownHostsFile: this.knownHosts,
      sshConfigFile: join(this.folder, 'ssh_config'),
      systemSshDirectory: join(this.folder, 'etc'),
      keys: { agentSocket: process.env['SSH_AUTH_SOCK'] },
      ...options,
    });
    this.#sets.push(set);
    return set;
  }

  /** @throws why the host is unreachable */
  async connect(changes: Partial<NodeSpec> = {}, options: Partial<ConnectHostsOptions> = {}): Promise<Host> {
    const { hosts, unreachable } = await this.connectAll(changes, options);
    const [host] = hosts.values();
    const [reason] = unreachable.values();
    if (host === undefined) throw reason ?? new Error('neither host nor reason');
    return host;
  }

  /** The error with which the connection fails. */
  refusal(changes: Partial<NodeSpec> = {}, options: Partial<ConnectHostsOptions> = {}): Promise<RkeError> {
    return failureOf(this.connect(changes, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const set of this.#sets) await set[Symbol.asyncDispose]();
    await this.docker[Symbol.asyncDispose]();
    await this.sshd[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

/** The RkeError with which a call is expected to fail. */
export async function failureOf(call: Promise<unknown>): Promise<RkeError> {
  const result = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof RkeError) return result;
  throw new Error('an RkeError was expected', { cause: result });
}
