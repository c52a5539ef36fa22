import { posix } from 'node:path';

/** Systems whose root is read-only or lost on reboot, and where RKE keeps its files there (hosts/hosts.go:366-386). */
const prefixBySystem: readonly [name: string, prefix: string][] = [
  ['Boot2Docker', '/mnt/sda1/rke'],
  ['RancherOS', '/opt/rke'],
  ['CoreOS', '/opt/rke'],
  ['Flatcar', '/opt/rke'],
];

/**
 * Folder under which a host keeps what RKE would otherwise put below `/`.
 *
 * @param configured `prefix_path` of cluster.yml; anything but `/` wins over the system's own
 * @param operatingSystem as `docker info` names it
 * @returns normalised, as Go's path.Join leaves it: without a slash at the end
 */
export function prefixPath(configured: string, operatingSystem: string): string {
  if (configured !== '/') return posix.join('/', configured).replace(/(.)\/$/, '$1');
  return prefixBySystem.find(([name]) => operatingSystem.includes(name))?.[1] ?? '/';
}

/** The same on Windows; backslashes are Go's path separators turned round (RKE hosts/hosts.go). */
export function windowsPrefixPath(configured = ''): string {
  return configured === '' ? 'c:/' : posix.normalize(configured.replace(/\\+/g, '/'));
}

/** An absolute path below a prefix, joined as Go's path.Join does: `/` and `/etc` give `/etc`. */
export function underPrefix(prefix: string, path: string): string {
  return posix.join(prefix, path);
}
