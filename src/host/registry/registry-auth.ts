import type { PrivateRegistry } from '../../config/cluster-spec.js';
import type { RegistryAuth } from '../host.js';

const dockerHub = 'docker.io';

/**
 * Credentials for an image: those of the registry whose `url` is the image's domain, with the path before its last two
 * parts (RKE docker/docker.go:698): `reg.example/team/mirror/rancher/pause` is looked up as `reg.example/team/mirror` first.
 *
 * @returns undefined if no registry matches, or it has no user and password
 */
export function registryAuth(
  image: string,
  registries: readonly PrivateRegistry[],
): RegistryAuth | undefined {
  const { user = '', password = '' } = registryFor(image, registries) ?? {};
  return user === '' && password === '' ? undefined : { username: user, password };
}

/**
 * The registry of cluster.yml that an image comes from: the one that matches the longest part of its path, down to the host
 * alone, the same as `docker login` and the kubelet; RKE v1 matched the whole path only. Of two with one URL the later one.
 */
export function registryFor(
  image: string,
  registries: readonly PrivateRegistry[],
): PrivateRegistry | undefined {
  const parts = registryOf(image).split('/');
  const latest = registries.toReversed();
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join('/');
    const found = latest.find(({ url }) => (url === undefined || url === '' ? dockerHub : url) === key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function registryOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const parts = name.split('/');
  const [first = ''] = parts;
  const hasDomain = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const domain = hasDomain ? first : dockerHub;
  const path = hasDomain ? parts.slice(1) : parts;
  return [domain, ...path.slice(0, -2)].join('/');
}
