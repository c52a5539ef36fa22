import { homedir, userInfo } from 'node:os';
import { expandHome } from './home.js';
import type { HostKeySettings, JumpHost, SshHostConfig } from './ssh-config.js';

/** What cluster.yml says about a login, the same for nodes and for the bastion host; what it leaves out is absent or empty. */
export interface SshLogin {
  readonly address: string;
  readonly port?: string | undefined;
  readonly user?: string | undefined;
  readonly sshAgentAuth?: boolean | undefined;
  readonly sshKey?: string | undefined;
  readonly sshKeyPath?: string | undefined;
  readonly sshCert?: string | undefined;
  readonly sshCertPath?: string | undefined;
}

/** Where a value comes from. */
export type Origin = 'cluster.yml' | 'ssh_config' | 'default';

/** A complete SSH login: address, user and credentials, with every default filled in. */
export interface SshTarget {
  /** Name of the host in messages and in cluster.yml. */
  readonly address: string;
  /** What is dialled, and the host's name in known_hosts. */
  readonly hostName: string;
  readonly port: number;
  readonly portFrom: Origin;
  readonly user: string;
  readonly sshAgentAuth: boolean;
  readonly sshKey?: string | undefined;
  /** The one key that cluster.yml names. */
  readonly sshKeyPath?: string | undefined;
  /** Keys that may exist, if cluster.yml names none. */
  readonly identityFiles: readonly string[];
  /** Who named the identity files. */
  readonly keysFrom: Exclude<Origin, 'cluster.yml'>;
  readonly sshCert?: string | undefined;
  readonly sshCertPath?: string | undefined;
  /** The bastion host of cluster.yml, if the host is reached through it. */
  readonly bastion?: SshTarget | undefined;
  /** Hosts to go through according to ssh_config, the first one first. */
  readonly jumps: readonly JumpHost[];
  readonly userKnownHostsFiles?: readonly string[];
  /** Files are paths, with nothing left to be replaced in them. */
  readonly hostKeys?: HostKeySettings;
  /** A ProxyCommand of ssh_config, which is not supported; for messages. */
  readonly proxyCommand?: string | undefined;
}

/** RKE's, then the others that ssh looks for. */
const defaultKeys = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];

/**
 * Merges what cluster.yml says about a login with what ssh_config adds; cluster.yml overrides ssh_config.
 *
 * @param bastion host of cluster.yml that the login goes through
 */
export function targetOf(login: SshLogin, config: SshHostConfig, bastion?: SshTarget): SshTarget {
  const { address, sshKey, sshKeyPath, sshCert, sshCertPath } = login;
  const { hostName = address, proxyJump: jumps = [], proxyCommand, userKnownHostsFiles, hostKeys } = config;
  const user = given(login.user) ?? config.user ?? userInfo().username;
  const expand = (path: string): string => expandTokens(path, { hostName, user });
  return {
    address,
    hostName,
    port: Number(given(login.port) ?? config.port ?? 22),
    portFrom:
      given(login.port) !== undefined ? 'cluster.yml' : config.port === undefined ? 'default' : 'ssh_config',
    user,
    sshAgentAuth: login.sshAgentAuth ?? false,
    sshKey: given(sshKey),
    sshKeyPath: given(sshKeyPath),
    identityFiles: config.identityFiles.length === 0 ? defaultKeys : config.identityFiles.map(expand),
    keysFrom: config.identityFiles.length === 0 ? 'default' : 'ssh_config',
    sshCert: given(sshCert),
    sshCertPath: given(sshCertPath),
    bastion,
    jumps,
    proxyCommand,
    ...(userKnownHostsFiles === undefined
      ? {}
      : { userKnownHostsFiles: knownHostsPaths(userKnownHostsFiles, expand) }),
    ...(hostKeys === undefined
      ? {}
      : {
          hostKeys: {
            ...hostKeys,
            ...(hostKeys.globalFiles === undefined
              ? {}
              : { globalFiles: knownHostsPaths(hostKeys.globalFiles, expand) }),
          },
        }),
  };
}

/** An empty string is no value, as in RKE's state files. */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function knownHostsPaths(paths: readonly string[], expand: (path: string) => string): string[] {
  return paths.map((path) => (path.toLowerCase() === 'none' ? '/dev/null' : expandHome(expand(path))));
}

/** Replaces the tokens of ssh_config(5) that paths of keys and known_hosts have in practice. */
function expandTokens(path: string, { hostName, user }: { hostName: string; user: string }): string {
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': homedir(),
    '%h': hostName,
    '%r': user,
    '%u': userInfo().username,
  };
  return path.replace(/%./g, (token) => tokens[token] ?? token);
}
