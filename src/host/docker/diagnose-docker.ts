import { orPrepare } from '../../core/or-prepare.js';
import type { CodeOf } from '../../core/codes/error-codes.js';
import { dockerError, messageOf, RkeError } from '../../core/errors.js';
import { quoteForShell } from '../../core/shell-quote.js';
import type { CallOptions } from '../host.js';
import type { HostConnection } from '../host-connection.js';
import { usualSocket } from './usual-socket.js';
import { forwardingError } from '../ssh/channel-errors.js';

/**
 * Finds out with one command why the Docker socket of a host does not answer: the same error may mean a user without
 * permission, a stopped daemon, a wrong path or a forbidden forwarding.
 *
 * @param cause error of the attempt; returned if the command finds nothing
 */
export async function diagnoseDocker(
  cause: unknown,
  connection: HostConnection,
  {
    host,
    user,
    socket,
    signal,
  }: CallOptions & { readonly host: string; readonly user: string; readonly socket: string },
): Promise<RkeError> {
  const fallback =
    cause instanceof RkeError ? cause : dockerError('DOCKER_UNREACHABLE', messageOf(cause), { host, cause });
  // Any other error has its cause.
  if (fallback.code !== 'DOCKER_UNREACHABLE' || connection.lost !== undefined) return fallback;
  const look = await connection.exec(lookAt(socket), { signal }).catch(() => undefined);
  const make = (code: CodeOf<'docker'>, message: string, fix: string): RkeError =>
    dockerError(code, message, { host, fix, cause });
  switch (look?.stdout.trim() ?? '') {
    case 'missing':
      return make('DOCKER_NOT_RUNNING', `Docker is not running (no socket ${socket})`, notThere(socket));
    case 'no-socket':
      return make(
        'DOCKER_SOCKET',
        `${socket} is not a socket`,
        'set docker_socket in cluster.yml to the socket of Docker, or remove it for the default /var/run/docker.sock',
      );
    case 'forbidden':
      return make(
        'DOCKER_PERMISSION',
        `user "${user}" may not use Docker (permission denied on ${socket})`,
        `run \`sudo usermod -aG docker ${user}\` on the host, then run rke again`,
      );
    case 'dead':
      return make(
        'DOCKER_NOT_RUNNING',
        `Docker is not running (no daemon listens on ${socket})`,
        'start it (`systemctl start docker`) and check its log (`journalctl -u docker`)',
      );
    case 'alive':
      return forwardingError(cause, { host, to: socket });
    default:
      return fallback;
  }
}

/** `rke prepare` installs the Docker of the usual socket. If nobody wrote docker_socket, the user may never have seen that path. */
function notThere(socket: string): string {
  const start = 'start it (`systemctl start docker`) or install it';
  return socket === usualSocket
    ? orPrepare(`${start}; if it listens elsewhere, set docker_socket in cluster.yml (this is the default)`)
    : `${start}; or correct docker_socket in cluster.yml`;
}

/** Prints one word: missing, no-socket, forbidden, dead (no daemon has the socket open) or alive. */
function lookAt(socket: string): string {
  // The kernel lists sockets by the path that Docker was given, which may be another name of the same (/var/run, /run).
  return `s=${quoteForShell(socket)}
if [ ! -e "$s" ]; then echo missing; elif [ ! -S "$s" ]; then echo no-socket; elif [ ! -w "$s" ]; then echo forbidden
else while read -r _ _ _ flags _ _ _ p; do
[ "$flags" = 00010000 ] && [ "$p" -ef "$s" ] && echo alive && exit; done </proc/net/unix; echo dead; fi`;
}
