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

/**
 * Command line that prints the facts of a host, one `name=value` per line. It is plain POSIX sh in one line without
 * single quotes, so that every login shell passes it on, and reads only what any user may read.
 *
 * @param dockerRoot from `docker info`
 * @param prefix the host's prefix path, `/` or a folder
 */
export function factsCommand({
  dockerRoot,
  prefix,
}: {
  readonly dockerRoot: string;
  readonly prefix: string;
}): string {
  const root = prefix === '/' ? '' : prefix;
  return `sh -c '${statements.join('; ')}' rke ${quote(dockerRoot)} ${quote(root)}`;
}

const statements = [
  // First, because the time it stands for lies between the request and the answer.
  'echo "time=$(date +%s.%N)"',
  'echo "hostname=$(cat /proc/sys/kernel/hostname)"',
  'echo "machine-id=$(cat /etc/machine-id)"',
  'echo "memory=$(grep ^MemTotal: /proc/meminfo)"',
  'echo "swap=$(grep ^SwapTotal: /proc/meminfo)"',
  'echo "disk.docker=$(df -Pk "$1" | tail -n 1)"',
  'data="$2/var/lib/etcd"',
  'disk="$data"',
  'until [ -e "$disk" ]; do disk="${disk%/*}"; [ -n "$disk" ] || disk=/; done',
  'echo "disk.etcd=$(df -Pk "$disk" | tail -n 1)"',
  'kernel="/lib/modules/$(uname -r)"',
  `for module in ${kernelModules.join(' ')}; do ` +
    'if [ -d "/sys/module/$module" ] || grep -qs "/$module\\.ko" "$kernel/modules.builtin" "$kernel/modules.dep"; ' +
    'then echo "module.$module=yes"; ' +
    'elif [ -r "$kernel/modules.builtin" ] && [ -r "$kernel/modules.dep" ] && command -v grep >&2; then echo "module.$module=no"; fi; done',
  'authority="$2/etc/kubernetes/ssl/kube-ca.pem"',
  'if [ -e "$authority" ]; then echo "authority=$(tr -d "[:space:]" <"$authority")"; fi',
  'if [ -d "$data/member" ]; then echo "etcd-data=data"; ' +
    // The folder of an etcd is closed to others; but its links tell whether there are folders in it.
    'elif [ -d "$data" ] && [ ! -x "$data" ] && [ "$(stat -c %h "$data")" -gt 2 ]; then echo "etcd-data=closed"; fi',
  'true',
];

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
