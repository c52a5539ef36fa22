import type { BastionSpec, ClusterSpec } from '../config/cluster-spec.js';
import { parseConfig, type ReadOptions } from '../config/schema/parse-config.js';
import { orDefault } from '../core/or-default.js';
import type { SshNode } from '../host/connect/ssh-node.js';

/** True for each value of a login that cluster.yml sets; only these two have a default. */
export interface GivenLogin {
  readonly port: boolean;
  readonly keyPath: boolean;
}

/** The same for all logins of a cluster; nodes by address. */
export interface GivenLogins {
  readonly nodes: ReadonlyMap<string, GivenLogin>;
  readonly bastion: GivenLogin;
}

const none: GivenLogin = { port: false, keyPath: false };

/** Reads which values of logins a cluster.yml sets. @param text of a valid cluster.yml */
export function readGivenLogins(text: string, reading?: ReadOptions): GivenLogins {
  const parsed = parseConfig(text, reading);
  const config = parsed.ok ? parsed.value.config : {};
  const clusterKey = isGiven(config.sshKeyPath);
  const given = (
    login: { readonly port?: string; readonly sshKeyPath?: string } | undefined,
  ): GivenLogin => ({
    port: isGiven(login?.port),
    keyPath: clusterKey || isGiven(login?.sshKeyPath),
  });
  return {
    nodes: new Map((config.nodes ?? []).map((node) => [node.address ?? '', given(node)])),
    bastion: given(config.bastionHost),
  };
}

/**
 * The logins of a cluster without RKE's defaults, because ~/.ssh/config takes precedence over them. For a node that is only in
 * the state, not in cluster.yml, only resolved values are known; there, a default counts as not set.
 */
export function resolveLogins(
  { nodes, bastionHost }: Pick<ClusterSpec, 'nodes' | 'bastionHost'>,
  given: GivenLogins,
): { readonly nodes: readonly SshNode[]; readonly bastion: BastionSpec | undefined } {
  const hasBastion = bastionHost !== undefined && orDefault(bastionHost.address, '') !== '';
  return {
    nodes: nodes.map((node) => withoutDefaults(node, given.nodes.get(node.address) ?? none)),
    bastion: hasBastion ? withoutDefaults(bastionHost, given.bastion) : undefined,
  };
}

function withoutDefaults<Login extends { readonly port?: string; readonly sshKeyPath?: string }>(
  login: Login,
  { port, keyPath }: GivenLogin,
): Omit<Login, 'port' | 'sshKeyPath'> & { readonly port?: string; readonly sshKeyPath?: string } {
  const { port: thePort, sshKeyPath, ...rest } = login;
  return {
    ...rest,
    ...(thePort === undefined || (!port && thePort === '22') ? {} : { port: thePort }),
    ...(sshKeyPath === undefined || (!keyPath && sshKeyPath === '~/.ssh/id_rsa') ? {} : { sshKeyPath }),
  };
}

function isGiven(value: string | undefined): boolean {
  return orDefault(value, '') !== '';
}
