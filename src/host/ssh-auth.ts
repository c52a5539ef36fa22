import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { messageOf, sshError } from '../core/errors.js';

/** Who logs in where, and with what: the same for nodes and for the bastion. */
export interface SshTarget {
  /** What errors call the host. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly sshAgentAuth?: boolean | undefined;
  readonly sshKey?: string | undefined;
  readonly sshKeyPath?: string | undefined;
  readonly sshCert?: string | undefined;
  readonly sshCertPath?: string | undefined;
}

/** What ssh2 is given to log in: an agent's socket or a private key. */
export type SshCredentials = { readonly agent: string } | { readonly privateKey: string };

const defaultKeyPath = '~/.ssh/id_rsa';

/**
 * Chooses what to log in with, as RKE does (hosts/tunnel.go:88): the agent where it is asked for and there is one, else
 * the key of the file, else the key's path.
 *
 * @throws RkeError (exit 5) where the key cannot be read
 */
export async function sshCredentials(target: SshTarget): Promise<SshCredentials> {
  const { address: host } = target;
  const agent = process.env['SSH_AUTH_SOCK'];
  if (target.sshAgentAuth === true && agent !== undefined && agent !== '') return { agent };
  if ((target.sshCert ?? target.sshCertPath ?? '') !== '') {
    throw sshError('SSH_CERTIFICATE', 'SSH certificates are not supported yet', {
      host,
      fix: 'load key and certificate into an SSH agent and set ssh_agent_auth: true',
    });
  }
  if (target.sshKey !== undefined && target.sshKey !== '') return { privateKey: target.sshKey };
  return { privateKey: await readKey(expandHome(keyPathOf(target)), host) };
}

async function readKey(path: string, host: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw sshError('SSH_KEY_FILE', `cannot read the SSH key ${path}: ${messageOf(cause)}`, {
      host,
      fix: 'set ssh_key_path to the private key of the user, or ssh_agent_auth: true',
      cause,
    });
  }
}

/** An empty path counts as none, as in RKE's state files. */
function keyPathOf({ sshKeyPath = '' }: SshTarget): string {
  return sshKeyPath === '' ? defaultKeyPath : sshKeyPath;
}

/** What errors call the key. */
export function keyName(target: SshTarget): string {
  return (target.sshKey ?? '') === '' ? keyPathOf(target) : 'ssh_key of cluster.yml';
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path;
}
