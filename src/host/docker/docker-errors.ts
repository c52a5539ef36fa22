import { DeadlineError } from '../../core/deadline.js';
import type { CodeOf } from '../../core/codes/error-codes.js';
import { dockerError, messageOf, RkeError } from '../../core/errors.js';
import type { RegistryAuth } from '../host.js';

/** What dockerode puts on an error of the daemon. */
interface DaemonFailure {
  readonly statusCode?: unknown;
  readonly json?: unknown;
}

/** Is it the daemon's "no such …". */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Is it the daemon's "already so" (started, stopped). */
export function isUnchanged(error: unknown): boolean {
  return statusOf(error) === 304;
}

/** Did the other side close the connection: `socket hang up`, or an answer that broke off. */
export function isReset(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'ECONNRESET';
}

function statusOf(error: unknown): unknown {
  return (error as DaemonFailure | undefined)?.statusCode;
}

/** A container that should have ended by itself. */
export function waitTimeout(
  cause: DeadlineError,
  { host, name }: { readonly host: string; readonly name: string },
): RkeError {
  const message = `${name} did not end within ${cause.milliseconds / 1000} s`;
  return dockerError('DOCKER_TIMEOUT', message, {
    host,
    fix: `check \`docker logs ${name}\` and the disks of the host, then run rke again`,
    cause,
  });
}

/**
 * Wraps what a call to Docker failed with.
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
      fix: 'see whether Docker runs on the host (systemctl status docker)',
      retryable: true,
      cause,
    });
  if (cause instanceof RkeError) return cause;
  if (cause instanceof DeadlineError)
    return dockerError('DOCKER_TIMEOUT', `${action}: Docker on ${host} takes the call and does not answer`, {
      host,
      fix: 'see what keeps it busy (journalctl -u docker on the host), and restart it if need be',
      retryable: true,
      cause,
    });
  const said = daemonMessage(cause);
  const make = (code: CodeOf<'docker'>, message: string, fix?: string): RkeError =>
    dockerError(code, message, {
      host,
      cause,
      ...(fix === undefined ? {} : { fix }),
      ...(isReset(cause) ? { retryable: true } : {}),
    });
  // The daemon has one status code for all of these; its text is the only thing that tells them apart.
  if (/no space left on device/i.test(said))
    return make(
      'DOCKER_DISK_FULL',
      `${action}: the disk of ${host} is full`,
      'free space where Docker keeps its data (docker system df on the host), then run rke again',
    );
  if (/address already in use|port is already allocated/i.test(said))
    return make(
      'DOCKER_PORT_IN_USE',
      `${action}: ${said}`,
      'find what listens there (ss -ltnp on the host) and stop it, then run rke again',
    );
  return make('DOCKER_CALL', `${action}: ${said}`);
}

/** A pull that did not bring the image. */
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
      `no progress with image ${image} for ${cause.milliseconds / 1000} s`,
      `check \`docker pull ${image}\` on the host: the registry or a proxy on the way to it hangs`,
    );
  // The registry's answer comes as text in the daemon's.
  if (
    /unauthorized|authentication required|no basic auth|denied/i.test(said) &&
    !/repository does not exist/i.test(said)
  )
    return make('PULL_DENIED', `the registry does not give ${image} to ${host}: ${said}`, deniedFix(auth));
  if (isNotFound(cause) || /not found|manifest unknown|does not exist/i.test(said))
    return make(
      'PULL_NOT_FOUND',
      `image ${image} does not exist (asked from ${host})`,
      'correct system_images or kubernetes_version in cluster.yml',
    );
  return make(
    'PULL_FAILED',
    `${host} cannot pull ${image}: ${said}`,
    'see whether the host reaches the registry (docker pull on the host), or name a mirror in private_registries',
  );
}

function deniedFix(auth: RegistryAuth | undefined): string {
  if (auth === undefined) return 'add the registry with user and password to private_registries';
  // The name under which ECR takes the passwords that AWS gives.
  if (auth.username === 'AWS')
    return 'allow the owner of the AWS keys to pull (policy AmazonEC2ContainerRegistryReadOnly, and that of the repository)';
  return 'correct user and password in private_registries';
}

/** What a message may have of the daemon's own words. */
const mostCharacters = 1000;

/** The daemon's own words where there are any. */
function daemonMessage(error: unknown): string {
  const { json } = (error ?? {}) as DaemonFailure;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message.slice(0, mostCharacters);
  return messageOf(error).slice(0, mostCharacters);
}
