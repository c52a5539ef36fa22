import { quoteForShell } from '../../core/shell-quote.js';
import { allAddonsInCluster } from '../../plan/addons/addons-in-cluster.js';
import { mergeTraces } from '../../plan/addons/host-traces.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { chainsScript, ipsetsScript, onHostFunction, podLinksScript, routesScript } from './host-script.js';

/** Of all add-ons, planned or not: the host may have been in another cluster before. */
const traces = mergeTraces(
  allAddonsInCluster.flatMap(({ hostTraces }) => (hostTraces === undefined ? [] : [hostTraces])),
);

/**
 * What a node leaves on a host besides containers: directories (RKE hosts/hosts.go CleanUp), and what RKE v1 does not
 * remove: mounts below the kubelet's directory, the CNI's links, the chains and ipsets of kube-proxy and the CNI, and
 * the routes of BIRD.
 */
const wiped = {
  prefixed: [
    '/etc/kubernetes',
    '/var/lib/etcd',
    '/var/lib/cni',
    '/var/lib/kubelet',
    '/var/lib/cri-dockerd',
    '/var/log/kube-audit',
  ],
  fixed: [
    '/etc/cni',
    '/opt/cni',
    ...traces.directories,
    '/var/lib/kubelet',
    '/var/lib/rancher/rke',
    '/var/log/containers',
    '/var/log/pods',
  ],
};
/** Created by Docker for binds, and perhaps in use by others: removed only if empty. */
const emptied = ['/etc/ceph', '/var/lib/rancher', snapshotDirectory, '/opt/rke'];

const links = [...traces.bridges, 'kube-ipvs0', 'kube-bridge', ...traces.links];

/** Every mount below it is the kubelet's: volumes of pods, and devices that they share. */
const kubeletDirectory = '/var/lib/kubelet';

export interface CleanOptions {
  /** Directories that foreign containers bind: a directory that contains one is not cleaned. */
  readonly inUse?: readonly string[];
  /** Also removes the etcd snapshots of the host, which are kept otherwise. */
  readonly deletesSnapshots?: boolean;
}

/**
 * Shell script for a privileged helper in the host's PID and network namespaces. It enters the host's mount namespace for
 * each command, so it uses the host's own tools and sees its mounts; it succeeds if there is nothing to clean. A
 * directory with a mount below it is kept and printed, and the script then exits with 1.
 *
 * @param prefixPath the host's prefix path, normalised; `/` for none
 */
export function cleanScript(
  prefixPath: string,
  { inUse = [], deletesSnapshots = false }: CleanOptions = {},
): string {
  const prefix = prefixPath === '/' ? '' : prefixPath;
  const paths = [
    ...wiped.prefixed.map((directory) => `${prefix}${directory}`),
    ...wiped.fixed,
    ...(deletesSnapshots ? [snapshotDirectory] : []),
  ];
  const parents =
    prefix === '' ? [] : ['etc', 'var/lib', 'var/log', 'var'].map((name) => `${prefix}/${name}`);
  const steps: [action: string, paths: readonly string[]][] = [
    ['unmount', [`${prefix}${kubeletDirectory}`, kubeletDirectory, ...traces.mounts, '/run/netns']],
    ['clean', paths.filter((path) => !inUse.some((other) => isWithin(other, path)))],
    ['drop', [...emptied, ...parents]],
  ];
  const words = steps.flatMap(([action, of]) => [...new Set(of)].flatMap((path) => [action, path]));
  return `
${onHostFunction}
for link in ${links.join(' ')}; do on_host ip link delete "$link" 2>/dev/null; done
${podLinksScript(traces.podLinks)}
${chainsScript(['KUBE', 'CNI', ...traces.chains], traces.comments)}
${ipsetsScript(['KUBE-', ...traces.ipsets])}
${routesScript(traces.routes)}
on_host sh -c '${onHost}' clean ${words.map(quoteForShell).join(' ')}`.trim();
}

/** The same for the data of etcd alone, on a host that stays in the cluster. */
export function etcdScript(directory: string): string {
  return `
${onHostFunction}
on_host sh -c '${onHost}' clean clean ${quoteForShell(directory)}`.trim();
}

const isWithin = (path: string, directory: string): boolean => `${path}/`.startsWith(`${directory}/`);

/**
 * Runs on the host, with pairs of action and path as arguments. Everything goes by real paths, which are what the kernel
 * lists. `find -xdev` alone is not enough: a bind mount of the same file system has the same device.
 */
const onHost = String.raw`
failed=0
real() { cd -P "$1" 2>/dev/null && pwd -P; }
mounts_below() {
  while read -r _ point _; do
    case $point in *\\*) point=$(printf "$(printf "%s" "$point" | sed "s/%/%%/g")") ;; esac
    case $point in "$1"/*) printf "%s\n" "$point" ;; esac
  done </proc/self/mounts
}
unmount() {
  at=$(real "$1") || return 0
  mounts_below "$at" | while IFS= read -r point; do
    case $point in /run/netns/cni-*) ;; /run/netns/*) continue ;; esac
    umount -l "$point" 2>/dev/null
  done
}
clean() {
  at=$(real "$1") || return 0
  case $at in
    /*/*) ;;
    *) echo "$1 was not removed: it is a link to $at"; failed=1; return ;;
  esac
  mounted=$(mounts_below "$at")
  if [ -n "$mounted" ]; then
    echo "$1 was not removed: mounted below it: $mounted"; failed=1; return
  fi
  find "$at" -xdev -mindepth 1 -delete 2>/dev/null
  rmdir "$1" 2>/dev/null
}
drop() { rmdir "$1" 2>/dev/null; }
while [ $# -gt 1 ]; do "$1" "$2"; shift 2; done
exit $failed`.trim();
