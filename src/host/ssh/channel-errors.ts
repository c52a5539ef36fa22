import { messageOf, RkeError, sshError } from '../../core/errors.js';
import { withBastionName } from './connect-errors.js';
import { sshCommand } from './ssh-command.js';
import type { SshTarget } from './ssh-target.js';

/** What ssh2 puts on the error of a refused channel. */
interface ChannelFailure {
  /** RFC 4254 §5.1: 1 prohibited, 2 connect failed. */
  readonly reason?: unknown;
}

/** A channel that sshd did not open. */
export function channelError(
  cause: unknown,
  { host, to }: { readonly host: string; readonly to: string },
): RkeError {
  if (cause instanceof RkeError) return cause;
  const { reason } = cause as ChannelFailure;
  if (reason === 1) return forwardingError(cause, { host, to });
  return sshError('SSH_CHANNEL', `no answer at ${to}: ${messageOf(cause)}`, {
    host,
    fix: `check what listens at ${to} on the host`,
    retryable: true,
    cause,
  });
}

/** A command that does not end: a login shell that hangs, a disk that does not answer. */
export function commandTimeout(target: SshTarget, milliseconds: number): RkeError {
  return sshError('SSH_COMMAND_TIMEOUT', `a command over SSH timed out after ${milliseconds / 1000} s`, {
    host: target.address,
    fix: (host) =>
      `check that \`${sshCommand(target, host, { after: 'true' })}\` returns at once (login shell, its start files, load and disks of the host)`,
    retryable: true,
  });
}

/** A command that prints without end. */
export function outputTooLarge(target: SshTarget, bytes: number): RkeError {
  return sshError('SSH_OUTPUT', `a command over SSH printed more than ${bytes / 2 ** 20} MiB`, {
    host: target.address,
    fix: (host) =>
      `check what \`${sshCommand(target, host, { after: 'true' })}\` prints (login shell and its start files)`,
  });
}

/** sshd opens no session, in which a command would run. */
export function sessionError(cause: unknown, host: string): RkeError {
  if (cause instanceof RkeError) return cause;
  const { reason } = cause as ChannelFailure;
  return reason === undefined
    ? sshError('SSH_COMMAND', `sshd refuses to run commands: ${messageOf(cause)}`, {
        host,
        fix: 'remove the restriction of the user (ForceCommand in sshd_config, or "restrict" and "command=" in authorized_keys)',
        cause,
      })
    : sshError('SSH_SESSIONS', `sshd opens no more sessions on the connection: ${messageOf(cause)}`, {
        host,
        fix: 'set MaxSessions to 10 or more in /etc/ssh/sshd_config and restart sshd',
        retryable: true,
        cause,
      });
}

/** A command that a connection went through has ended. */
export function commandError(
  command: string,
  { host, status, said }: { readonly host: string; readonly status: number | null; readonly said: string },
): RkeError {
  const words = said.trim().split('\n').slice(-3).join(' ');
  const how = status === null ? 'was ended by a signal' : `failed with exit code ${status}`;
  return sshError('SSH_COMMAND', `\`${command}\` ${how}${words === '' ? '' : `: ${words}`}`, {
    host,
    fix: 'run the command on the host to see why it fails',
  });
}

/** sshd is configured to open no such channel. */
export function forwardingError(
  cause: unknown,
  { host, to, instead = '' }: { readonly host: string; readonly to: string; readonly instead?: string },
): RkeError {
  return sshError('SSH_FORWARDING', `sshd does not forward to ${to}${instead}`, {
    host,
    fix: 'set AllowTcpForwarding yes and AllowStreamLocalForwarding yes in /etc/ssh/sshd_config and restart sshd',
    cause,
  });
}

const lostFix = 'check that the host is up, then run the same command again to continue';

/** The connection broke while it was in use. */
export function lostError(host: string, cause?: unknown): RkeError {
  return sshError('SSH_CONNECTION_LOST', 'SSH connection lost', {
    host,
    fix: lostFix,
    // The next call gets a new connection.
    retryable: true,
    cause,
  });
}

/** The connection broke, and there is no new one. A host key that has changed meanwhile is reported as that. */
export function reconnectError(host: string, cause: RkeError): RkeError {
  if (cause.code.startsWith('HOST_KEY_')) return cause;
  const message = `SSH connection lost; cannot reconnect: ${withBastionName(cause)}`;
  return sshError('SSH_CONNECTION_LOST', message, { host, fix: lostFix, cause });
}
