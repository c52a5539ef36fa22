import { quoteForShell } from '../../core/shell-quote.js';

/** Kernel modules that the cluster may need. */
export const kernelModules = [
  'br_netfilter',
  'overlay',
  'ip_tables',
  'nf_tables',
  'nf_nat',
  'vxlan',
  'ip_vs',
] as const;

/** Kernel parameters that the network of pods needs, as paths below /proc/sys. */
export const kernelParameters = ['net/ipv4/ip_forward', 'net/bridge/bridge-nf-call-iptables'] as const;

/** Where a host keeps its data. */
export interface DataDirs {
  /** From `docker info`. */
  readonly dockerRoot: string;
  /** The host's prefix path, `/` or a directory. */
  readonly prefix: string;
  /** Where etcd keeps its data; /var/lib/etcd below the prefix unless given. */
  readonly etcdData?: string;
}

/**
 * Command line that prints the facts of a host, one `name=value` per line. It is plain POSIX sh in one line without
 * single quotes, so that every login shell passes it on, and reads only what any user may read.
 */
export function factsCommand({ dockerRoot, prefix, etcdData }: DataDirs): string {
  const root = prefix === '/' ? '' : prefix;
  const data = etcdData ?? `${root}/var/lib/etcd`;
  return `sh -c '${statements.join('; ')}' rke ${[dockerRoot, root, data].map(quoteForShell).join(' ')}`;
}

const statements = [
  // First, so that the time is close to that of the request.
  'echo "time=$(date +%s.%N)"',
  'echo "hostname=$(cat /proc/sys/kernel/hostname)"',
  'echo "machine-id=$(cat /etc/machine-id)"',
  'echo "memory=$(grep ^MemTotal: /proc/meminfo)"',
  'echo "swap=$(grep ^SwapTotal: /proc/meminfo)"',
  'echo "disk.docker=$(df -Pk "$1" | tail -n 1)"',
  'data="$3"',
  'disk="$data"',
  'until [ -e "$disk" ]; do disk="${disk%/*}"; [ -n "$disk" ] || disk=/; done',
  'echo "disk.etcd=$(df -Pk "$disk" | tail -n 1)"',
  'kernel="/lib/modules/$(uname -r)"',
  `for module in ${kernelModules.join(' ')}; do ` +
    'if [ -d "/sys/module/$module" ] || grep -qs "/$module\\.ko" "$kernel/modules.builtin" "$kernel/modules.dep"; ' +
    'then echo "module.$module=yes"; ' +
    'elif [ -r "$kernel/modules.builtin" ] && [ -r "$kernel/modules.dep" ] && command -v grep >&2; then echo "module.$module=no"; fi; done',
  `for parameter in ${kernelParameters.join(' ')}; do ` +
    'if [ -r "/proc/sys/$parameter" ]; then echo "sysctl=$parameter $(cat "/proc/sys/$parameter")"; fi; done',
  'ca="$2/etc/kubernetes/ssl/kube-ca.pem"',
  'if [ -e "$ca" ]; then echo "ca=$(tr -d "[:space:]" <"$ca")"; fi',
  'if [ -d "$data/member" ]; then echo "etcd-data=data"; ' +
    // The directory of an etcd is closed to others, but its links count the directories in it: 2 are none. The root of an
    // ext4 disk (inode 2) may have lost+found alone, and some file systems do not count: then nothing is known.
    'elif [ -d "$data" ] && [ ! -x "$data" ]; then links="$(stat -L -c %h "$data")"; own=2; ' +
    'if [ "$(stat -L -c %i "$data")" = 2 ]; then own=3; fi; ' +
    'if [ "$links" -gt "$own" ]; then echo "etcd-data=closed"; elif [ "$links" -eq 2 ]; then echo "etcd-data=none"; fi; ' +
    'elif [ -d "$data" ]; then echo "etcd-data=none"; ' +
    'elif [ ! -e "$data" ] && [ -x "$disk" ]; then echo "etcd-data=none"; fi',
  'true',
];
