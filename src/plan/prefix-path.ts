import { posix } from 'node:path';

/** Systems whose root is read-only or lost on reboot, and where RKE keeps its files there (hosts/hosts.go:366-386). */
const prefixBySystem: readonly [name: string, prefix: string][] = [
  ['Boot2Docker', '/mnt/sda1/rke'],
  ['RancherOS', '/opt/rke'],
  ['CoreOS', '/opt/rke'],
  ['Flatcar', '/opt/rke'],
];

/**
 * Folder under which a host keeps what RKE would otherwise put below `/` (RKE hosts/hosts.go:365 SetPrefixPath).
 *
 * @param configured `prefix_path` of cluster.yml; anything but `/` wins over the system's own
 * @param operatingSystem as `docker info` names it
 * @returns normalised, as Go's path.Join leaves it: without a slash at the end
 */
export function resolvePrefixPath(configured: string, operatingSystem: string): string {
  if (configured !== '/') return posix.join('/', configured).replace(/(.)\/$/, '$1');
  return prefixBySystem.find(([name]) => operatingSystem.includes(name))?.[1] ?? '/';
}

/** The same on Windows: `win_prefix_path`, else `prefix_path`, else the drive (RKE cluster/cluster.go:1178, hosts/hosts.go:365). */
export function resolveWindowsPrefixPath(windows: string, configured: string): string {
  if (windows !== '') return cleanWindowsPath(windows);
  return configured === '/' ? 'c:/' : configured;
}

/**
 * `win_prefix_path` as RKE takes it: backslashes stay, several are one, and those at both ends go, but a drive letter keeps one; so
 * does a path with slashes (RKE util/util.go:220 CleanWindowsPath).
 */
export function cleanWindowsPath(configured: string): string {
  const parts = configured.split('\\').filter((part) => part !== '');
  return (parts.length === 1 ? [...parts, ''] : parts).join('\\');
}

/** An absolute path below a prefix, joined as Go's path.Join does: `/` and `/etc` give `/etc`. */
export function joinPrefix(prefix: string, path: string): string {
  return posix.join(prefix, path);
}
