import { dockerError } from '../../core/errors.js';

/** API versions in the answer of `GET /version`; Docker before 1.13 has no lowest version. */
export interface DockerVersionAnswer {
  readonly Version?: string | undefined;
  readonly ApiVersion?: string | undefined;
  readonly MinAPIVersion?: string | undefined;
}

/** The version of RKE v1 (its Docker client is 20.10): the same requests make the same containers. */
const preferred = '1.41';
/** Docker 1.12, the oldest that any Kubernetes version of RKE v1 ran on. */
const oldest = '1.24';

/**
 * The version of Docker's API to use with a daemon: that of RKE v1, or the nearest that the daemon supports. Docker 29
 * starts at 1.44; no call that is used has changed since 1.41.
 *
 * @throws RkeError (exit 6) if the daemon is too old, or reports no version
 */
export function apiVersionFor(answer: DockerVersionAnswer, host: string): string {
  const { ApiVersion: newest = '', MinAPIVersion: lowest = '', Version: docker = '?' } = answer;
  if (!isVersion(newest))
    throw dockerError('DOCKER_API', 'the Docker socket answers without an API version', {
      host,
      fix: 'check `docker version` on the host, and docker_socket in cluster.yml (default: /var/run/docker.sock)',
    });
  if (isLess(newest, oldest))
    throw dockerError(
      'DOCKER_API',
      `Docker ${docker} is too old (API ${newest}, expected ${oldest} or newer)`,
      {
        host,
        fix: 'install Docker 20.10 or newer',
      },
    );
  if (isLess(newest, preferred)) return newest;
  return isVersion(lowest) && isLess(preferred, lowest) ? lowest : preferred;
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+$/.test(text);
}

function isLess(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
