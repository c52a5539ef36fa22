import { messageOf, RkeError, sshError } from '../core/errors.js';
import { keyName, type SshTarget } from './ssh-auth.js';

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
  const { address: host, port, user } = target;
  const { code, level } = cause as SshFailure;
  const make = (name: string, message: string, fix: string): RkeError =>
    sshError(name, message, { host, fix, cause });
  if (code === 'ECONNREFUSED')
    return make(
      'SSH_REFUSED',
      `SSH connection to ${host}:${port} refused`,
      `start sshd on the host, or set the node's port in cluster.yml`,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return make(
      'SSH_DNS',
      `the name ${host} is not known`,
      'correct the address in cluster.yml, or see to it that the name resolves',
    );
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || level === 'client-timeout')
    return make(
      'SSH_UNREACHABLE',
      `${host}:${port} does not answer`,
      'see whether the host is up and the network lets SSH through',
    );
  if (level === 'client-authentication')
    return make(
      'SSH_AUTH',
      `${host} does not let user ${user} in with this key`,
      `see whether ssh ${user}@${host} works with the key of ssh_key_path, and correct user or key in cluster.yml`,
    );
  if (level === 'agent')
    return make(
      'SSH_AGENT',
      `the SSH agent cannot be used for ${host}: ${messageOf(cause)}`,
      'see whether ssh-add -l lists the key, or set ssh_agent_auth: false and ssh_key_path',
    );
  if (level === 'handshake')
    return make(
      'SSH_HANDSHAKE',
      `no SSH with ${host}: ${messageOf(cause)}`,
      'see which algorithms and host keys the host offers',
    );
  return make(
    'SSH_FAILED',
    `no SSH connection to ${host}: ${messageOf(cause)}`,
    `see whether ssh ${user}@${host} works`,
  );
}

/** A key that ssh2 could not make sense of. */
export function keyError(cause: unknown, target: SshTarget): RkeError {
  const { address: host } = target;
  const name = keyName(target);
  // ssh2 tells the two apart by their text alone.
  const isEncrypted = /passphrase|encrypted/i.test(messageOf(cause));
  return isEncrypted
    ? sshError('SSH_KEY_ENCRYPTED', `the SSH key ${name} has a passphrase`, {
        host,
        fix: 'load it into an SSH agent (ssh-add) and set ssh_agent_auth: true',
        cause,
      })
    : sshError('SSH_KEY_INVALID', `${name} is not an SSH private key`, {
        host,
        fix: 'set ssh_key_path to a private key in PEM or OpenSSH form',
        cause,
      });
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

/** sshd is configured to open no such channel. */
export function forwardingError(
  cause: unknown,
  { host, to }: { readonly host: string; readonly to: string },
): RkeError {
  return sshError('SSH_FORWARDING', `sshd on ${host} does not forward to ${to}`, {
    host,
    fix: 'set AllowTcpForwarding yes and AllowStreamLocalForwarding yes in /etc/ssh/sshd_config and restart sshd',
    cause,
  });
}

/** The same error, for those who do not know that it speaks of the bastion. */
export function ofBastion({ code, exitCode, message, details }: RkeError): RkeError {
  return new RkeError(code, exitCode, `bastion host: ${message}`, details);
}

/** A bastion that does not lead to a host. */
export function behindError(
  cause: unknown,
  { bastion, target }: { readonly bastion: string; readonly target: SshTarget },
): RkeError {
  const { address: host, port } = target;
  return cause instanceof RkeError && cause.code === 'SSH_FORWARDING'
    ? sshError('SSH_FORWARDING', `the bastion host ${bastion} does not forward to ${host}:${port}`, {
        host,
        fix: 'set AllowTcpForwarding yes in /etc/ssh/sshd_config of the bastion and restart sshd',
        cause,
      })
    : sshError('SSH_UNREACHABLE', `${host}:${port} does not answer the bastion host ${bastion}`, {
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
    cause,
  });
}
