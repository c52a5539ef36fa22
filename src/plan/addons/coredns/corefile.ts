import type { DnsSpec } from '../../../config/cluster-spec.js';
import { sortedEntries } from '../../../core/stable.js';

/**
 * CoreDNS's configuration as RKE has it (template coredns v1.8.3-rancher3), with two knobs that RKE takes and does not
 * honour: `reversecidrs` reach it as words (RKE prints a Go slice, brackets and all), and each of `stubdomains` gets its
 * own server (RKE knows them for kube-dns only, rancher/rke#2236).
 */
export function corefile(dns: DnsSpec, clusterDomain: string): string {
  const zones = orElse(dns.reversecidrs, ['in-addr.arpa', 'ip6.arpa']).join(' ');
  const upstream = orElse(dns.upstreamnameservers, ['"/etc/resolv.conf"']).join(' ');
  const main = block('.:53', [
    'errors',
    ...block('health', ['lameduck 5s']),
    'ready',
    ...block(`kubernetes ${clusterDomain} ${zones}`, ['pods insecure', 'fallthrough in-addr.arpa ip6.arpa']),
    'prometheus :9153',
    `forward . ${upstream}`,
    'cache 30',
    'loop',
    'reload',
    'loadbalance',
  ]);
  const stubs = sortedEntries(dns.stubdomains ?? {}).flatMap(([domain, servers]) =>
    servers.length === 0
      ? []
      : block(`${domain}:53`, ['errors', 'cache 30', `forward . ${servers.join(' ')}`]),
  );
  return `${[...main, ...stubs].join('\n')}\n`;
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}

function orElse(given: readonly string[] | undefined, standard: readonly string[]): readonly string[] {
  return given === undefined || given.length === 0 ? standard : given;
}
