import { homedir, userInfo } from 'node:os';
import { expandHome } from './home.js';
import type { HostKeySettings, JumpHost, SshHostConfig } from './ssh-config.js';

/** What cluster.yml says of a login, the same for nodes and for the bastion; what it leaves out is not there, or empty. */
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

/** Who logs in where, and with what: nothing is left to be looked up. */
export interface SshTarget {
  /** What messages call the host: its name in cluster.yml. */
  readonly address: string;
  /** What is dialled, and the host's name in known_hosts. */
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly sshAgentAuth: boolean;
  readonly sshKey?: string | undefined;
  /** The one key that cluster.yml names. */
  readonly sshKeyPath?: string | undefined;
  /** Keys that may be there, where cluster.yml names none. */
  readonly identityFiles: readonly string[];
  readonly sshCert?: string | undefined;
  readonly sshCertPath?: string | undefined;
  /** Hosts to go through, as ssh_config has them, the first one first. */
  readonly jumps: readonly JumpHost[];
  readonly userKnownHostsFiles?: readonly string[];
  /** Files are paths, with nothing left to be replaced in them. */
  readonly hostKeys?: HostKeySettings;
  /** A way of ssh_config that is not gone; for messages. */
  readonly proxyCommand?: string | undefined;
}

/** RKE's, then the others that ssh looks for. */
const defaultKeys = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];

/** Brings together what cluster.yml says of a host and what ssh_config adds to it; cluster.yml stands above. */
export function targetOf(login: SshLogin, config: SshHostConfig): SshTarget {
  const { address, sshKey, sshKeyPath, sshCert, sshCertPath } = login;
  const { hostName = address, proxyJump: jumps = [], proxyCommand, userKnownHostsFiles, hostKeys } = config;
  const user = given(login.user) ?? config.user ?? userInfo().username;
  const expand = (path: string): string => expandTokens(path, { hostName, user });
  return {
    address,
    hostName,
    port: Number(given(login.port) ?? config.port ?? 22),
    user,
    sshAgentAuth: login.sshAgentAuth ?? false,
    sshKey: given(sshKey),
    sshKeyPath: given(sshKeyPath),
    identityFiles: config.identityFiles.length === 0 ? defaultKeys : config.identityFiles.map(expand),
    sshCert: given(sshCert),
    sshCertPath: given(sshCertPath),
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

/** An empty text is no value, as in RKE's state files. */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function knownHostsPaths(paths: readonly string[], expand: (path: string) => string): string[] {
  return paths.map((path) => (path.toLowerCase() === 'none' ? '/dev/null' : expandHome(expand(path))));
}

/** The tokens of ssh_config(5) that paths of keys and known_hosts have in practice. */
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
