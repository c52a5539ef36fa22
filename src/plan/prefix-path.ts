import { posix } from 'node:path';

/** Systems whose root is read-only or lost on reboot, with RKE's directory for them (hosts/hosts.go:366-386). */
const prefixBySystem: readonly [name: string, prefix: string][] = [
  ['Boot2Docker', '/mnt/sda1/rke'],
  ['RancherOS', '/opt/rke'],
  ['CoreOS', '/opt/rke'],
  ['Flatcar', '/opt/rke'],
];

/**
 * Resolves the directory below which a host has the files of RKE (RKE hosts/hosts.go:365 SetPrefixPath).
 *
 * @param configured `prefix_path` of cluster.yml; anything but `/` overrides the default of the operating system
 * @param operatingSystem the value of `docker info`
 * @returns normalized the same as by Go's path.Join: without a trailing slash
 */
export function resolvePrefixPath(configured: string, operatingSystem: string): string {
  if (configured !== '/') return posix.join('/', configured).replace(/(.)\/$/, '$1');
  return prefixBySystem.find(([name]) => operatingSystem.includes(name))?.[1] ?? '/';
}

/** The same on Windows: `win_prefix_path`, else `prefix_path`, else `c:/` (RKE cluster/cluster.go:1178, hosts/hosts.go:365). */
export function resolveWindowsPrefixPath(windows: string, configured: string): string {
  if (windows !== '') return cleanWindowsPath(windows);
  return configured === '/' ? 'c:/' : configured;
}

/**
 * Normalizes `win_prefix_path` the same as RKE (util/util.go:220 CleanWindowsPath): repeated backslashes become one, those at
 * both ends are removed, but a drive letter and a path with slashes end with one.
 */
export function cleanWindowsPath(configured: string): string {
  const parts = configured.split('\\').filter((part) => part !== '');
  return (parts.length === 1 ? [...parts, ''] : parts).join('\\');
}

/** Joins an absolute path to a prefix the same as Go's path.Join: `/` and `/etc` give `/etc`. */
export function joinPrefix(prefix: string, path: string): string {
  return posix.join(prefix, path);
}
