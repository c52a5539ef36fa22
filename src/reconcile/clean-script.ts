/**
 * What a node of a cluster has on a host besides containers: folders (RKE hosts/hosts.go CleanUp), and what RKE left
 * behind: mounts below the kubelet's folder, the CNI's links, the chains of kube-proxy and the CNI.
 * Snapshots (/opt/rke) are never touched.
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
    '/run/calico',
    '/run/flannel',
    '/var/lib/calico',
    '/var/lib/kubelet',
    '/var/lib/rancher/rke',
    '/var/log/containers',
    '/var/log/pods',
  ],
};
/** Made by Docker because a container binds them, but others may use them too: only taken away when empty. */
const emptied = ['/etc/ceph', '/var/lib/rancher', '/opt/rke/etcd-snapshots', '/opt/rke'];

const links = [
  'flannel.1',
  'flannel-v6.1',
  'cni0',
  'kube-ipvs0',
  'kube-bridge',
  'vxlan.calico',
  'tunl0@NONE',
];

/**
 * Shell text for a privileged helper in the host's PID and network namespaces. It enters the host's mount namespace for
 * each command, so it uses the host's own tools and sees its mounts; it succeeds where there is nothing to clean.
 *
 * @param prefixPath the host's prefix path, `/` for none
 */
export function cleanScript(prefixPath: string): string {
  const prefix = prefixPath === '/' ? '' : prefixPath;
  const paths = [...new Set([...wiped.prefixed.map((folder) => `${prefix}${folder}`), ...wiped.fixed])];
  return `
on_host() { nsenter -t 1 -m -n -- "$@"; }
for mount in $(cut -d' ' -f2 /proc/1/mounts | grep -E '^(${prefix}/var/lib/kubelet|/var/lib/kubelet|/run/netns/cni-)' | sort -r); do
  on_host umount -l "$mount" 2>/dev/null
done
for link in ${links.join(' ')}; do on_host ip link delete "$link" 2>/dev/null; done
for family in iptables ip6tables; do for mode in '' -nft -legacy; do
  on_host sh -c "command -v $family$mode-save" >/dev/null 2>&1 || continue
  # One restore of rules to take out and chains to empty and delete: atomic per table, and rules of others stay.
  on_host $family$mode-save 2>/dev/null | awk '
    /^\\*/ { table = $0; drop = ""; flush = ""; rules = "" }
    /^:(KUBE|CNI|FLANNEL|cali)-/ { split($1, c, ":"); flush = flush ":" c[2] " - [0:0]\\n"; drop = drop "-X " c[2] "\\n" }
    /^-A (KUBE|CNI|FLANNEL|cali)-/ { next }
    /^-A / && /(-j (KUBE|CNI|FLANNEL|cali)-|flanneld )/ { sub(/^-A/, "-D"); rules = rules $0 "\\n" }
    /^COMMIT/ && (flush != "" || rules != "") { printf "%s\\n%s%s%sCOMMIT\\n", table, flush, rules, drop }
  ' | on_host $family$mode-restore --noflush
done; done
on_host sh -c 'for folder in ${paths.join(' ')}; do
  [ -d "$folder" ] || continue
  find "$folder" -xdev -mindepth 1 -delete 2>/dev/null
  rmdir "$folder" 2>/dev/null
done; rmdir ${emptied.join(' ')} 2>/dev/null; true'
`.trim();
}
