import { quoteForShell } from '../../core/shell-quote.js';
import type { HostTraces } from '../../plan/addons/addon-in-cluster.js';
import { chainsScript, ipsetsScript, onHostFunction, podLinksScript } from './host-script.js';

const cniDirectory = '/etc/cni/net.d';

/**
 * Removes what a network plugin has set up between nodes: its CNI configuration, of which the kubelet would use the
 * alphabetically first, its tunnels, its chains and ipsets, and its routes to pods of other nodes. Pods of the host keep their own
 * interfaces and routes until they are recreated. Fails only if the configuration cannot be removed.
 */
export function leaveNetworkScript(traces: Required<HostTraces>, podRanges: readonly string[]): string {
  const files = traces.cniFiles.map((name) => quoteForShell(`${cniDirectory}/${name}`));
  const links = traces.links.filter((link) => !link.includes('@')).map(quoteForShell);
  const ranges = podRanges.map(quoteForShell);
  return `
${onHostFunction}
${files.length === 0 ? '' : `on_host rm -f ${files.join(' ')} || exit 1`}
for link in ${links.join(' ')}; do on_host ip link delete "$link" 2>/dev/null; done
for range in ${ranges.join(' ')}; do
  on_host ip route show root "$range" 2>/dev/null | awk '/^(blackhole|unreachable|prohibit) / { print $1, $2; next } / via / { print $1 }' |
    while read -r route; do on_host ip route delete $route 2>/dev/null; done
done
on_host ip address flush dev tunl0 2>/dev/null
${chainsScript(traces.chains, traces.comments)}
${ipsetsScript(traces.ipsets)}
exit 0`.trim();
}

/** Removes what the pods of a network plugin used on the host: interfaces, bridges, reserved addresses. They must be gone. */
export function forgetPodsScript({
  podLinks,
  bridges,
  addresses,
}: Pick<Required<HostTraces>, 'podLinks' | 'bridges' | 'addresses'>): string {
  return `
${onHostFunction}
${podLinksScript(podLinks)}
for link in ${bridges.map(quoteForShell).join(' ')}; do on_host ip link delete "$link" 2>/dev/null; done
${addresses.length === 0 ? '' : `on_host rm -rf ${addresses.map(quoteForShell).join(' ')}`}
exit 0`.trim();
}
