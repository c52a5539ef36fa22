import type { CodeOf } from '../../core/codes/error-codes.js';
import { dockerError, messageOf, RkeError } from '../../core/errors.js';
import { quoted } from './docker-route.js';
import type { CallOptions } from '../host.js';
import type { SshConnection } from '../ssh/ssh-connection.js';
import { forwardingError } from '../ssh/ssh-errors.js';

/**
 * Finds out why the Docker socket of a host does not answer, by one look over SSH: the same refusal stands for a user
 * without rights, a daemon that is stopped, a wrong path and a forbidden forwarding.
 *
 * @param cause what the attempt failed with; returned where the look tells nothing
 */
export async function diagnoseDocker(
  cause: unknown,
  ssh: SshConnection,
  {
    host,
    user,
    socket,
    signal,
  }: CallOptions & { readonly host: string; readonly user: string; readonly socket: string },
): Promise<RkeError> {
  const fallback =
    cause instanceof RkeError ? cause : dockerError('DOCKER_UNREACHABLE', messageOf(cause), { host, cause });
  // Of anything else the error itself tells the cause.
  if (fallback.code !== 'DOCKER_UNREACHABLE' || ssh.lost !== undefined) return fallback;
  const look = await ssh.exec(lookAt(socket), { signal }).catch(() => undefined);
  const make = (code: CodeOf<'docker'>, message: string, fix: string): RkeError =>
    dockerError(code, message, { host, fix, cause });
  switch (look?.stdout.trim() ?? '') {
    case 'missing':
      return make(
        'DOCKER_NOT_RUNNING',
        `Docker does not run on ${host} (there is no ${socket})`,
        'start it (systemctl start docker), or install it; docker_socket in cluster.yml names another socket',
      );
    case 'no-socket':
      return make(
        'DOCKER_SOCKET',
        `${socket} on ${host} is not a socket`,
        'set docker_socket in cluster.yml to the socket of Docker (/var/run/docker.sock if it is not set)',
      );
    case 'forbidden':
      return make(
        'DOCKER_PERMISSION',
        `user ${user} may not use Docker on ${host} (permission denied on ${socket})`,
        `sudo usermod -aG docker ${user} on the host, then log in again`,
      );
    case 'dead':
      return make(
        'DOCKER_NOT_RUNNING',
        `Docker does not run on ${host} (nobody answers at ${socket})`,
        'start it (systemctl start docker) and see its log (journalctl -u docker)',
      );
    case 'alive':
      return forwardingError(cause, { host, to: socket });
    default:
      return fallback;
  }
}

/** One word: missing, no-socket, forbidden, dead (no daemon holds the socket open) or alive. */
function lookAt(socket: string): string {
  // The kernel lists sockets by the path that Docker was given, which may be another name of the same (/var/run, /run).
  return `s=${quoted(socket)}
if [ ! -e "$s" ]; then echo missing; elif [ ! -S "$s" ]; then echo no-socket; elif [ ! -w "$s" ]; then echo forbidden
else while read -r _ _ _ flags _ _ _ p; do
[ "$flags" = 00010000 ] && [ "$p" -ef "$s" ] && echo alive && exit; done </proc/net/unix; echo dead; fi`;
}
