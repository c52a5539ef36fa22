import type { BastionSpec } from '../../config/cluster-spec.js';
import type { EventSink } from '../../core/events.js';
import type { CallOptions } from '../host.js';
import type { DockerTiming } from '../docker/docker-calls.js';
import { KeyRing, type KeyRingOptions } from '../ssh/key-ring.js';
import { KnownHostsFiles } from '../ssh/known-hosts-file.js';
import { SshConfigFile } from '../ssh/ssh-config-file.js';
import type { SshTiming } from '../ssh/ssh-connection.js';
import { SshRoutes } from '../ssh/ssh-routes.js';
import type { SshLogin } from '../ssh/ssh-target.js';

/** How hosts are logged in to. */
export interface RoutesOptions extends CallOptions {
  readonly events: EventSink;
  /** All hosts are reached through this one, if it has an address. */
  readonly bastion?: BastionSpec;
  /** For all hosts; if absent, those of ssh_config, or `~/.ssh/known_hosts`. */
  readonly knownHostsFile?: string;
  /** Defaults to `~/.ssh/config`. */
  readonly sshConfigFile?: string;
  /** Defaults to `/etc/ssh`. */
  readonly systemSshDirectory?: string;
  /** How keys with a passphrase are opened; the agent defaults to that of SSH_AUTH_SOCK. */
  readonly keys?: KeyRingOptions;
  readonly timing?: SshTiming & DockerTiming;
}

/** Reads ~/.ssh/config and known_hosts, and prepares the ways to hosts. Connects to none. */
export async function openRoutes(options: RoutesOptions): Promise<SshRoutes> {
  const { events } = options;
  return new SshRoutes({
    events,
    config: await SshConfigFile.open(options.sshConfigFile, options.systemSshDirectory),
    keys: new KeyRing({ agentSocket: process.env['SSH_AUTH_SOCK'], ...options.keys }),
    knownHosts: new KnownHostsFiles(events, {
      path: options.knownHostsFile,
      systemDirectory: options.systemSshDirectory,
    }),
    bastion: bastionOf(options.bastion),
    timing: options.timing,
  });
}

/** Without an address, there is no bastion host, the same as in RKE v1. */
function bastionOf(bastion: BastionSpec | undefined): SshLogin | undefined {
  const { address = '' } = bastion ?? {};
  return address === '' ? undefined : { ...bastion, address };
}
