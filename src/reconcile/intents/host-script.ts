/** Shell: runs a command with the host's own tools, in its mount and network namespace. */
export const onHostFunction = 'on_host() { nsenter -t 1 -m -n -- "$@"; }';

/**
 * Shell: deletes iptables chains whose names begin with one of `chains` and `-`, and rules of others that jump to them or have a
 * comment that begins with one of `comments`. One restore of rules to take out and chains to empty and delete: atomic per table, and rules of others stay.
 */
export function chainsScript(chains: readonly string[], comments: readonly string[]): string {
  if (chains.length === 0) return ':';
  const names = chains.join('|');
  const jumps = `-j (${names})-`;
  const isTheirs = comments.length === 0 ? jumps : `(${jumps}|--comment "?(${comments.join('|')}))`;
  return `for family in iptables ip6tables; do for mode in '' -nft -legacy; do
  on_host sh -c "command -v $family$mode-save" >/dev/null 2>&1 || continue
  on_host $family$mode-save 2>/dev/null | awk '
    /^\\*/ { table = $0; drop = ""; flush = ""; rules = "" }
    /^:(${names})-/ { split($1, c, ":"); flush = flush ":" c[2] " - [0:0]\\n"; drop = drop "-X " c[2] "\\n" }
    /^-A (${names})-/ { next }
    /^-A / && /${isTheirs}/ { sub(/^-A/, "-D"); rules = rules $0 "\\n" }
    /^COMMIT/ && (flush != "" || rules != "") { printf "%s\\n%s%s%sCOMMIT\\n", table, flush, rules, drop }
  ' | on_host $family$mode-restore --noflush
done; done`;
}

/** Shell: deletes the ipsets whose names begin with one of `starts`, after the rules that refer to them. */
export function ipsetsScript(starts: readonly string[]): string {
  if (starts.length === 0) return ':';
  // Where the host has no ipset, the helper may have one.
  return `sets() { on_host ipset "$@" 2>/dev/null || ipset "$@" 2>/dev/null; }
for set in $(sets list -n); do case $set in ${starts.map((start) => `${start}*`).join('|')}) sets destroy "$set" ;; esac; done`;
}

/**
 * Shell: deletes the network interfaces whose names begin with one of `starts`. Those of a pod outlive it while one of its connections
 * still ends in the kernel, with a route to its address that another pod may have by then.
 */
export function podLinksScript(starts: readonly string[]): string {
  if (starts.length === 0) return ':';
  return `for link in $(on_host ip -o link show | awk -F '[:@ ]+' '{ print $2 }'); do
  case $link in ${starts.map((start) => `${start}*`).join('|')}) on_host ip link delete "$link" 2>/dev/null ;; esac
done`;
}

/** Shell: deletes all routes with these protocol numbers, unless the host runs a BIRD itself: that of the cluster has ended. */
export function routesScript(protocols: readonly string[]): string {
  return `grep -qsxE 'bird6?' /proc/[0-9]*/comm || for protocol in ${protocols.join(' ')}; do for family in -4 -6; do
  on_host ip $family route show proto $protocol 2>/dev/null | while read -r route; do
    on_host ip $family route delete $route proto $protocol 2>/dev/null </dev/null
  done
done; done`;
}
