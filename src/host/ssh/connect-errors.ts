import type { CodeOf } from '../../core/codes/error-codes.js';
import { messageOf, RkeError, sshError } from '../../core/errors.js';
import { keyFile, sshCommand } from './ssh-command.js';
import type { SshTarget } from './ssh-target.js';

/** What Node and ssh2 put on an error besides its text. */
interface SshFailure {
  readonly code?: unknown;
  readonly level?: unknown;
}

/**
 * Creates the error for a failed connection, with its cause and fix.
 *
 * @returns an RkeError of exit code 5
 */
export function connectError(cause: unknown, target: SshTarget): RkeError {
  if (cause instanceof RkeError) return cause;
  const { address: host } = target;
  const { code, level } = cause as SshFailure;
  const said = messageOf(cause);
  // If ssh_config names another way, that may be the only one.
  const hint =
    target.proxyCommand === undefined
      ? ''
      : '; ProxyCommand in ~/.ssh/config is not supported, use ProxyJump instead';
  const make = (name: CodeOf<'ssh'>, message: string, fix: string | ((host: string) => string)): RkeError =>
    sshError(name, message, { host, fix, cause });
  if (code === 'ECONNREFUSED')
    return make(
      'SSH_REFUSED',
      `SSH connection refused (${portOf(target)})`,
      `start sshd on the host, or correct the port of the node in cluster.yml${hint}`,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return make(
      'SSH_DNS',
      target.hostName === target.address
        ? 'cannot resolve the host name'
        : `cannot resolve "${target.hostName}" (HostName in ~/.ssh/config)`,
      `fix the address in cluster.yml or your DNS${hint}`,
    );
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || level === 'client-timeout')
    return make(
      'SSH_UNREACHABLE',
      `no answer to SSH (${portOf(target)})`,
      `check that the host is up and that the network lets SSH through${hint}`,
    );
  if (level === 'client-authentication' || /too many authentication failures/i.test(said))
    return make(
      'SSH_AUTH',
      `SSH authentication failed for user "${target.user}" (${keysOf(target)})`,
      (name) =>
        `check \`${sshCommand(target, name)}\`${withKeyFile(target)}; correct user or key in cluster.yml`,
    );
  if (level === 'agent')
    return make(
      'SSH_AGENT',
      `the SSH agent failed: ${said}`,
      'check that `ssh-add -l` lists the key, or set ssh_agent_auth: false and ssh_key_path',
    );
  // sshd says nothing when it has too many connections that are not logged in yet, or blocks an address.
  if (code === 'ECONNRESET' || code === 'EPIPE' || /lost before handshake/i.test(said))
    return make(
      'SSH_CLOSED',
      `connection closed before the SSH handshake (${portOf(target)})`,
      'check the log of sshd: it may have too many connections (raise MaxStartups) or block this address (fail2ban, PerSourcePenalties), or the port may not be that of SSH',
    );
  if (level === 'handshake')
    return make(
      'SSH_HANDSHAKE',
      `SSH handshake failed: ${said}`,
      (name) =>
        `check with \`${sshCommand(target, name, { before: '-v' })}\` which algorithms and host keys the host offers`,
    );
  return make(
    'SSH_FAILED',
    `SSH connection failed: ${said}`,
    (name) => `check \`${sshCommand(target, name)}\`${withKeyFile(target)}`,
  );
}

/** A host that its bastion host does not reach. */
export function behindError(
  cause: unknown,
  { bastion, target }: { readonly bastion: string; readonly target: SshTarget },
): RkeError {
  const { address: host } = target;
  return cause instanceof RkeError && cause.code === 'SSH_FORWARDING'
    ? sshError('SSH_FORWARDING', `bastion host ${bastion} does not forward to the host (${portOf(target)})`, {
        host,
        fix: 'set AllowTcpForwarding yes in /etc/ssh/sshd_config of the bastion host and restart sshd',
        cause,
      })
    : sshError('SSH_UNREACHABLE', `no answer to SSH from bastion host ${bastion} (${portOf(target)})`, {
        host,
        fix: 'check that the host is up and that the network lets SSH through from the bastion host',
        cause,
      });
}

const bastionMark = 'bastion host: ';

/** The same error, marked as that of a bastion host. */
export function bastionError({ code, exitCode, message, details }: RkeError): RkeError {
  const said = message.startsWith(bastionMark) ? message : `${bastionMark}${message}`;
  return new RkeError(code, said, details, exitCode);
}

/** The same error as that of a host behind the bastion host, which it names. */
export function behindBastion(error: RkeError, host: string): RkeError {
  const { code, exitCode, fix, details } = error;
  const ofHost = { ...details, host, ...(fix === undefined ? {} : { fix }) };
  return new RkeError(code, withBastionName(error), ofHost, exitCode);
}

/** `bastion host 10.0.0.9: SSH connection lost`; the message alone if it is not that of a bastion host. */
export function withBastionName({ message, host = '' }: RkeError): string {
  return message.startsWith(bastionMark)
    ? `bastion host ${host}: ${message.slice(bastionMark.length)}`
    : message;
}

/** `port 22, the default`; with the name that is dialled if ~/.ssh/config gives another one. */
function portOf({ address, hostName, port, portFrom }: SshTarget): string {
  const origins = { 'cluster.yml': '', ssh_config: ' from ~/.ssh/config', default: ', the default' };
  const dialled = address === hostName ? '' : `${hostName}, `;
  return `${dialled}port ${port}${origins[portFrom]}`;
}

/** What was tried to log in with, and who chose it. */
function keysOf({ sshAgentAuth, sshKey, sshKeyPath, identityFiles, keysFrom }: SshTarget): string {
  if (sshAgentAuth) return 'keys of the SSH agent';
  if (sshKey !== undefined) return 'ssh_key in cluster.yml';
  if (sshKeyPath !== undefined) return `key ${sshKeyPath}`;
  const origin =
    keysFrom === 'ssh_config' ? 'from ~/.ssh/config' : 'the default, since cluster.yml names no key';
  return `any of ${identityFiles.join(', ')}; ${origin}`;
}

function withKeyFile({ sshAgentAuth, sshKey }: SshTarget): string {
  return sshAgentAuth || sshKey === undefined ? '' : ` (${keyFile}: a file with the ssh_key of cluster.yml)`;
}
