import type { CodeOf } from '../../core/codes/error-codes.js';
import { messageOf, RkeError, sshError } from '../../core/errors.js';
import { hostInUrl } from '../../core/ip.js';
import type { SshTarget } from './ssh-target.js';

/** What Node and ssh2 put on an error besides its text. */
interface SshFailure {
  readonly code?: unknown;
  readonly level?: unknown;
  /** Of a refused channel, RFC 4254 §5.1: 1 prohibited, 2 connect failed. */
  readonly reason?: unknown;
}

/**
 * Says of a connection that did not come about which cause it has and what to do.
 *
 * @returns an RkeError of exit code 5
 */
export function connectError(cause: unknown, target: SshTarget): RkeError {
  if (cause instanceof RkeError) return cause;
  const { address: host, hostName, user } = target;
  const { code, level } = cause as SshFailure;
  const said = messageOf(cause);
  // Where ssh_config names another way, that may be the only one.
  const hint =
    target.proxyCommand === undefined ? '' : '; the ProxyCommand of ~/.ssh/config is not used, ProxyJump is';
  const make = (name: CodeOf<'ssh'>, message: string, fix: string): RkeError =>
    sshError(name, message, { host, fix, cause });
  if (code === 'ECONNREFUSED')
    return make(
      'SSH_REFUSED',
      `SSH connection to ${withPort(target)} refused`,
      `start sshd on the host, or set the node's port in cluster.yml${hint}`,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return make(
      'SSH_DNS',
      `the name ${hostName} is not known`,
      `correct the address in cluster.yml, or see to it that the name resolves${hint}`,
    );
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || level === 'client-timeout')
    return make(
      'SSH_UNREACHABLE',
      `${withPort(target)} does not answer`,
      `see whether the host is up and the network lets SSH through${hint}`,
    );
  if (level === 'client-authentication' || /too many authentication failures/i.test(said))
    return make(
      'SSH_AUTH',
      `${host} does not let user ${user} in with ${keysOf(target)}`,
      `see whether ssh ${user}@${hostName} works with that key, and correct user or key in cluster.yml`,
    );
  if (level === 'agent')
    return make(
      'SSH_AGENT',
      `the SSH agent cannot be used for ${host}: ${said}`,
      'see whether ssh-add -l lists the key, or set ssh_agent_auth: false and ssh_key_path',
    );
  // sshd says nothing when it has too many connections that are not logged in yet, or blocks an address.
  if (code === 'ECONNRESET' || code === 'EPIPE' || /lost before handshake/i.test(said))
    return make(
      'SSH_CLOSED',
      `${withPort(target)} closed the connection before it spoke SSH`,
      'see the log of sshd: it may have too many connections (raise MaxStartups), block this address (fail2ban, PerSourcePenalties), or the port may not be that of SSH',
    );
  if (level === 'handshake')
    return make(
      'SSH_HANDSHAKE',
      `no SSH with ${host}: ${said}`,
      'see which algorithms and host keys the host offers',
    );
  return make('SSH_FAILED', `no SSH connection to ${host}: ${said}`, `see whether ssh ${user}@${host} works`);
}

/** The host as people know it, with what is dialled where ssh_config says another name. */
/** `10.0.0.1:22`, `[fd00::1]:22`, or what ssh_config names in brackets. */
function withPort({ address, hostName, port }: SshTarget): string {
  const host = address === hostName ? hostInUrl(address) : `${address} (${hostName})`;
  return `${host}:${port}`;
}

/** What was tried to log in with. */
function keysOf({ sshAgentAuth, sshKey, sshKeyPath, identityFiles }: SshTarget): string {
  if (sshAgentAuth) return 'the keys of the SSH agent';
  if (sshKey !== undefined) return 'the ssh_key of cluster.yml';
  return sshKeyPath === undefined ? `any of ${identityFiles.join(', ')}` : `the key ${sshKeyPath}`;
}

/** A channel that the host's sshd did not open. */
export function channelError(
  cause: unknown,
  { host, to }: { readonly host: string; readonly to: string },
): RkeError {
  if (cause instanceof RkeError) return cause;
  const { reason } = cause as SshFailure;
  if (reason === 1) return forwardingError(cause, { host, to });
  return sshError('SSH_CHANNEL', `nothing answers at ${to}: ${messageOf(cause)}`, {
    host,
    fix: `see what listens at ${to} on the host`,
    retryable: true,
    cause,
  });
}

/** A command that does not end: a login shell that hangs, a disk that does not answer. */
export function commandTimeout(host: string, milliseconds: number): RkeError {
  return sshError('SSH_COMMAND_TIMEOUT', `a command over SSH did not end within ${milliseconds / 1000} s`, {
    host,
    fix: `check that \`ssh ${host} true\` returns at once (the login shell and its start files, the load and the disks of the host)`,
    retryable: true,
  });
}

/** A command that prints without end. */
export function outputTooLarge(host: string, bytes: number): RkeError {
  return sshError('SSH_OUTPUT', `a command over SSH printed more than ${bytes / 2 ** 20} MiB`, {
    host,
    fix: `check what \`ssh ${host} true\` prints (the login shell and its start files)`,
  });
}

/** sshd opens no session, in which a command would run. */
export function sessionError(cause: unknown, host: string): RkeError {
  if (cause instanceof RkeError) return cause;
  const { reason } = cause as SshFailure;
  return reason === undefined
    ? sshError('SSH_COMMAND', `sshd on ${host} does not run commands: ${messageOf(cause)}`, {
        host,
        fix: 'take the restriction of the user away (ForceCommand, or "restrict" and "command=" in authorized_keys)',
        cause,
      })
    : sshError(
        'SSH_SESSIONS',
        `sshd on ${host} opens no more sessions on one connection: ${messageOf(cause)}`,
        {
          host,
          fix: 'set MaxSessions to 10 or more in /etc/ssh/sshd_config and restart sshd',
          retryable: true,
          cause,
        },
      );
}

/** A command that a connection went through has ended. */
export function commandError(
  command: string,
  { host, status, said }: { readonly host: string; readonly status: number | null; readonly said: string },
): RkeError {
  const words = said.trim().split('\n').slice(-3).join(' ');
  return sshError(
    'SSH_COMMAND',
    `${command} ended with ${status ?? 'a signal'}${words === '' ? '' : `: ${words}`}`,
    { host, fix: `see what the command says on the host` },
  );
}

/** sshd is configured to open no such channel. */
export function forwardingError(
  cause: unknown,
  { host, to, instead = '' }: { readonly host: string; readonly to: string; readonly instead?: string },
): RkeError {
  return sshError('SSH_FORWARDING', `sshd on ${host} does not forward to ${to}${instead}`, {
    host,
    fix: 'set AllowTcpForwarding yes and AllowStreamLocalForwarding yes in /etc/ssh/sshd_config and restart sshd',
    cause,
  });
}

/** The same error, for those who do not know that it speaks of the bastion. */
export function ofBastion({ code, exitCode, message, details }: RkeError): RkeError {
  const said = message.startsWith('bastion host: ') ? message : `bastion host: ${message}`;
  return new RkeError(code, said, details, exitCode);
}

/** A bastion that does not lead to a host. */
export function behindError(
  cause: unknown,
  { bastion, target }: { readonly bastion: string; readonly target: SshTarget },
): RkeError {
  const { address: host } = target;
  const to = withPort(target);
  return cause instanceof RkeError && cause.code === 'SSH_FORWARDING'
    ? sshError('SSH_FORWARDING', `the bastion host ${bastion} does not forward to ${to}`, {
        host,
        fix: 'set AllowTcpForwarding yes in /etc/ssh/sshd_config of the bastion and restart sshd',
        cause,
      })
    : sshError('SSH_UNREACHABLE', `${to} does not answer the bastion host ${bastion}`, {
        host,
        fix: `see whether the host is up and the network lets SSH through from the bastion`,
        cause,
      });
}

/** The connection broke while it was in use. */
export function lostError(host: string, cause?: unknown): RkeError {
  return sshError('SSH_CONNECTION_LOST', `the connection to ${host} was lost`, {
    host,
    fix: 'see whether the host is still up, then run rke again: it goes on where it stopped',
    // The next call gets a new connection.
    retryable: true,
    cause,
  });
}

/** The connection broke, and there is no new one. A key that has changed meanwhile is told as that. */
export function lostForGood(host: string, cause: RkeError): RkeError {
  if (cause.code.startsWith('HOST_KEY_')) return cause;
  return sshError(
    'SSH_CONNECTION_LOST',
    `the connection to ${host} was lost, and a new one fails: ${cause.message}`,
    {
      host,
      fix: 'see whether the host is still up, then run rke again: it goes on where it stopped',
      cause,
    },
  );
}
