import { RkeError, sshError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import { hostInUrl } from '../../core/ip.js';
import type { CallOptions } from '../host.js';
import type { KeyRing } from './key-ring.js';
import type { KnownHostsFiles } from './known-hosts-file.js';
import type { SshConfigFile } from './ssh-config-file.js';
import { SshConnection, type SshTiming } from './ssh-connection.js';
import { reconnectError } from './channel-errors.js';
import { bastionError, behindBastion } from './connect-errors.js';
import { HostLink } from '../host-link.js';
import { targetOf, type SshLogin, type SshTarget } from './ssh-target.js';

export interface RoutesOptions {
  readonly events: EventSink;
  readonly config: SshConfigFile;
  readonly keys: KeyRing;
  readonly knownHosts: KnownHostsFiles;
  /** All hosts are reached through this one. It overrides a ProxyJump of ssh_config. */
  readonly bastion?: SshLogin | undefined;
  readonly timing?: SshTiming | undefined;
}

/** Ways to hosts: direct, through the bastion of cluster.yml or the jump hosts of ssh_config. One connection to each. */
export class SshRoutes implements AsyncDisposable {
  readonly #options: RoutesOptions;
  readonly #jumpLinks = new Map<string, Promise<HostLink<SshConnection>>>();

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** Connects to the bastion host of cluster.yml, if any, so that its errors are reported once and not for each host. */
  async openBastion({ signal }: CallOptions): Promise<void> {
    if (this.#options.bastion !== undefined) await this.#jumpTo(this.#options.bastion, [], { signal });
  }

  /** @throws RkeError (exit 5) of the host or of one on the way */
  async link(node: SshLogin, { signal }: CallOptions): Promise<HostLink<SshConnection>> {
    const { bastion } = this.#options;
    const target = this.#targetOf(node, bastion && this.#targetOf(bastion));
    const via = await this.#wayTo(target, [], { signal }).catch((error: unknown) => {
      throw error instanceof RkeError && !signal.aborted ? behindBastion(error, node.address) : error;
    });
    return this.#open(target, via, { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Those that others go through were opened first, and are closed last.
    for (const link of [...this.#jumpLinks.values()].reverse())
      await link.then((open) => open[Symbol.asyncDispose]()).catch(() => undefined);
  }

  #targetOf(login: SshLogin, bastion?: SshTarget): SshTarget {
    return targetOf(login, this.#options.config.lookUp(login.address), bastion);
  }

  /** @param behind hosts that are reached through this one, to detect circles */
  async #wayTo(
    target: SshTarget,
    behind: readonly string[],
    options: CallOptions,
  ): Promise<HostLink<SshConnection> | undefined> {
    const { bastion } = this.#options;
    if (bastion !== undefined && behind.length === 0) return this.#jumpTo(bastion, [nameOf(target)], options);
    let link: HostLink<SshConnection> | undefined;
    for (const { host, user, port } of target.jumps) {
      const login = { address: host, user, port: port === undefined ? undefined : String(port) };
      // "Host *" with a ProxyJump means the jump host too; ssh goes there directly.
      if (nameOf(this.#targetOf(login)) === nameOf(target)) continue;
      link = await this.#jumpTo(login, [...behind, nameOf(target)], { ...options, via: link });
    }
    return link;
  }

  /** @param via the host before it in a ProxyJump of several */
  #jumpTo(
    login: SshLogin,
    behind: readonly string[],
    { signal, via }: CallOptions & { readonly via?: HostLink<SshConnection> | undefined },
  ): Promise<HostLink<SshConnection>> {
    const target = this.#targetOf(login);
    const name = nameOf(target);
    if (behind.includes(name))
      throw sshError('SSH_CONFIG', `ProxyJump in ~/.ssh/config is circular at ${target.address}`, {
        host: target.address,
        fix: 'give the jump host its own Host block with ProxyJump none',
      });
    const known = this.#jumpLinks.get(name);
    if (known !== undefined) return known;
    const opened = (async () =>
      this.#open(target, via ?? (await this.#wayTo(target, [...behind, name], { signal })), { signal }))();
    const marked = opened.catch((error: unknown) => {
      throw error instanceof RkeError && !signal.aborted ? bastionError(error) : error;
    });
    this.#jumpLinks.set(name, marked);
    return marked;
  }

  #open(
    target: SshTarget,
    via: HostLink<SshConnection> | undefined,
    { signal }: CallOptions,
  ): Promise<HostLink<SshConnection>> {
    const { events, keys, knownHosts, timing } = this.#options;
    return HostLink.open(target.address, {
      reconnected: 'SSH connection lost; reconnected',
      reconnectError,
      events,
      signal,
      dial: async (options) =>
        SshConnection.connect(target, {
          ...options,
          keys,
          knownHosts: await knownHosts.of(target),
          via: await via?.ready(options),
          timing,
        }),
    });
  }
}

function nameOf({ user, hostName, port }: SshTarget): string {
  return `${user}@${hostInUrl(hostName)}:${port}`;
}
