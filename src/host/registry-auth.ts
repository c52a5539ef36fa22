import type { PrivateRegistry } from '../config/cluster-spec.js';
import type { RegistryAuth } from './host.js';

const dockerHub = 'docker.io';

/**
 * Credentials for an image: those of the registry whose `url` is the image's domain, with the folders before its last two
 * parts (RKE docker/docker.go:698): `reg.example/team/mirror/rancher/pause` is looked up as `reg.example/team/mirror`.
 *
 * @returns undefined where no registry matches, or it has no user and password
 */
export function registryAuth(
  image: string,
  registries: readonly PrivateRegistry[],
): RegistryAuth | undefined {
  const { user = '', password = '' } = registryFor(image, registries) ?? {};
  return user === '' && password === '' ? undefined : { username: user, password };
}

/** The registry of cluster.yml that an image comes from; of two with one URL the later one. */
export function registryFor(
  image: string,
  registries: readonly PrivateRegistry[],
): PrivateRegistry | undefined {
  const key = registryOf(image);
  return registries
    .toReversed()
    .find(({ url }) => (url === undefined || url === '' ? dockerHub : url) === key);
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
