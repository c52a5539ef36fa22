import type { BastionSpec, ClusterSpec } from '../config/cluster-spec.js';
import { parseConfig, type ReadOptions } from '../config/schema/parse-config.js';
import { orDefault } from '../core/or-default.js';
import type { SshNode } from '../host/connect/connect-hosts.js';

/** What cluster.yml sets of the two values of a login that have a default. */
export interface GivenLogin {
  readonly port: boolean;
  readonly keyPath: boolean;
}

/** By the address of a node. */
export interface GivenLogins {
  readonly nodes: ReadonlyMap<string, GivenLogin>;
  readonly bastion: GivenLogin;
}

const none: GivenLogin = { port: false, keyPath: false };

/** @param text of a cluster.yml that has been found to be right */
export function givenLogins(text: string, reading?: ReadOptions): GivenLogins {
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
 * The logins of a cluster, without what only RKE's defaults say: ~/.ssh/config is asked for that first. A node that is not
 * in the file any more, but in the state, is known by its resolved values alone; there, a default counts as not set.
 */
export function sshLogins(
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
