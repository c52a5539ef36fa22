import { dockerError } from '../../core/errors.js';

/** What `GET /version` says of the API; Docker before 1.13 has no lowest version. */
export interface DockerVersionAnswer {
  readonly Version?: string | undefined;
  readonly ApiVersion?: string | undefined;
  readonly MinAPIVersion?: string | undefined;
}

/** What RKE speaks (its Docker client is of 20.10): the same requests then mean the same containers. */
const preferred = '1.41';
/** Docker 1.12, the oldest that any Kubernetes version of RKE ran on. */
const oldest = '1.24';

/**
 * The version of Docker's API to speak with a daemon: RKE's, or the daemon's nearest to it. Docker 29 begins at 1.44;
 * nothing that is asked of it changed its meaning since 1.41.
 *
 * @throws RkeError (exit 6) where the daemon is too old, or says no version
 */
export function apiVersionFor(answer: DockerVersionAnswer, host: string): string {
  const { ApiVersion: newest = '', MinAPIVersion: lowest = '', Version: docker = '?' } = answer;
  if (!isVersion(newest))
    throw dockerError('DOCKER_API', `what answers at the Docker socket of ${host} says no API version`, {
      host,
      fix: 'see what listens there (docker version on the host); docker_socket in cluster.yml names another socket',
    });
  if (isLess(newest, oldest))
    throw dockerError('DOCKER_API', `Docker ${docker} on ${host} is too old: its API ends at ${newest}`, {
      host,
      fix: 'install Docker 20.10 or newer',
    });
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
