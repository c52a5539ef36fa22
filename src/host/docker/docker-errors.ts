import { DeadlineError } from '../../core/deadline.js';
import type { CodeOf } from '../../core/codes/error-codes.js';
import { dockerError, messageOf, RkeError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import type { RegistryAuth } from '../host.js';
import { DaemonError } from './docker-answer.js';

/** True for "no such …" of the daemon. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** True for "already started" and "already stopped" of the daemon. */
export function isUnchanged(error: unknown): boolean {
  return statusOf(error) === 304;
}

/** True if the daemon is removing the container already. */
export function isBeingRemoved(error: unknown): boolean {
  return (
    statusOf(error) === 409 && /removal of container .* is already in progress/.test(daemonMessage(error))
  );
}

/** True if a call failed because another container has the name. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof RkeError && statusOf(error.cause) === 409;
}

/** True if the other side closed the connection: `socket hang up`, or an incomplete answer. */
export function isReset(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'ECONNRESET';
}

function statusOf(error: unknown): number | undefined {
  return error instanceof DaemonError ? error.statusCode : undefined;
}

/** A container that should have exited by itself. */
export function waitTimeout(
  cause: DeadlineError,
  { host, name }: { readonly host: string; readonly name: string },
): RkeError {
  const message = `container ${name} did not exit within ${cause.milliseconds / 1000} s`;
  return dockerError('DOCKER_TIMEOUT', message, {
    host,
    fix: `check \`docker logs ${name}\` and the disks of the host, then run rke again`,
    cause,
  });
}

/**
 * Wraps the error of a call to Docker.
 *
 * @param action what was attempted, e.g. `start kubelet`
 */
export function callError(
  cause: unknown,
  { host, action }: { readonly host: string; readonly action: string },
): RkeError {
  if (cause instanceof RkeError && cause.code === 'SSH_CHANNEL')
    return dockerError('DOCKER_UNREACHABLE', `${action}: ${cause.message}`, {
      host,
      fix: 'check that Docker runs on the host (`systemctl status docker`)',
      retryable: true,
      cause,
    });
  if (cause instanceof RkeError) return cause;
  if (cause instanceof DeadlineError)
    return dockerError(
      'DOCKER_TIMEOUT',
      `${action}: no answer from Docker within ${cause.milliseconds / 1000} s`,
      {
        host,
        fix: 'check what keeps it busy (`journalctl -u docker` on the host), and restart it if necessary',
        retryable: true,
        cause,
      },
    );
  const said = daemonMessage(cause);
  const make = (code: CodeOf<'docker'>, message: string, fix?: string): RkeError =>
    dockerError(code, message, {
      host,
      cause,
      ...(fix === undefined ? {} : { fix }),
      ...(isReset(cause) ? { retryable: true } : {}),
    });
  // The daemon has one status code for all of these; only its text differs.
  if (/no space left on device/i.test(said))
    return make(
      'DOCKER_DISK_FULL',
      `${action}: no space left on the disk of Docker`,
      'free space in the data directory of Docker (`docker system df` on the host), then run rke again',
    );
  if (/address already in use|port is already allocated/i.test(said))
    return make(
      'DOCKER_PORT_IN_USE',
      `${action}: ${said}`,
      'find the process that listens there (`ss -ltnp` on the host) and stop it, then run rke again',
    );
  if (/no such image/i.test(said))
    return make(
      'DOCKER_NO_IMAGE',
      `${action}: ${said}`,
      'free space on the disk of Docker (`docker system df` on the host): at 85% the kubelet deletes images that no container uses; then run rke again',
    );
  return make('DOCKER_CALL', `${action}: ${said}`);
}

/** A pull that failed. */
export function pullError(
  cause: unknown,
  {
    host,
    image,
    auth,
  }: { readonly host: string; readonly image: string; readonly auth: RegistryAuth | undefined },
): RkeError {
  const said = daemonMessage(cause);
  const make = (code: CodeOf<'docker'>, message: string, fix: string): RkeError =>
    dockerError(code, message, { host, fix, cause });
  if (/no space left on device/i.test(said)) return callError(cause, { host, action: `pull ${image}` });
  if (cause instanceof DeadlineError)
    return make(
      'PULL_STALLED',
      `pull of image ${image} made no progress for ${cause.milliseconds / 1000} s`,
      `check \`docker pull ${image}\` on the host: the registry or a proxy hangs`,
    );
  // The daemon quotes the answer of the registry.
  if (
    /unauthorized|authentication required|no basic auth|denied/i.test(said) &&
    !/repository does not exist/i.test(said)
  )
    return make('PULL_DENIED', `the registry denied access to image ${image}: ${said}`, deniedFix(auth));
  if (isNotFound(cause) || /not found|manifest unknown|does not exist/i.test(said))
    return make(
      'PULL_NOT_FOUND',
      `image ${image} does not exist`,
      'correct system_images or kubernetes_version in cluster.yml',
    );
  return make(
    'PULL_FAILED',
    `cannot pull image ${image}: ${said}`,
    `check \`docker pull ${image}\` on the host, or set a mirror in private_registries`,
  );
}

function deniedFix(auth: RegistryAuth | undefined): string {
  if (auth === undefined)
    return 'add the registry with user and password to private_registries in cluster.yml';
  // The user name of ECR passwords.
  if (auth.username === 'AWS')
    return 'allow the owner of the AWS keys to pull (policy AmazonEC2ContainerRegistryReadOnly, and the policy of the repository)';
  return 'correct user and password in private_registries of cluster.yml';
}

/** Limit for the words of the daemon in a message. */
const mostCharacters = 1000;

/** The words of the daemon, if there are any. */
function daemonMessage(error: unknown): string {
  const json = error instanceof DaemonError ? error.json : undefined;
  if (isRecord(json) && typeof json['message'] === 'string') return json['message'].slice(0, mostCharacters);
  return messageOf(error).slice(0, mostCharacters);
}
