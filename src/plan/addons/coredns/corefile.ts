import type { DnsSpec } from '../../../config/cluster-spec.js';
import type { CorednsRevision } from './coredns-revisions.js';

/**
 * The configuration of CoreDNS, byte for byte as RKE writes it, so that a cluster that is taken over keeps its pods. That includes
 * two keys that do nothing, of which the rules of cluster.yml warn: `stubdomains` is for kube-dns (rancher/rke#2236), and
 * `reversecidrs` is printed as a Go slice, in brackets, which CoreDNS takes for part of a name.
 */
export function corefile(dns: DnsSpec, clusterDomain: string, revision: CorednsRevision): string {
  const { reversecidrs = [], upstreamnameservers = [] } = dns;
  const zones = reversecidrs.length === 0 ? 'in-addr.arpa ip6.arpa' : `[${reversecidrs.join(' ')}]`;
  const upstream = upstreamnameservers.length === 0 ? '"/etc/resolv.conf"' : upstreamnameservers.join(' ');
  const plugins = [
    'errors',
    ...(revision.lameduck === undefined ? ['health'] : block('health', [`lameduck ${revision.lameduck}`])),
    'ready',
    ...block(`kubernetes ${clusterDomain} ${zones}`, ['pods insecure', 'fallthrough in-addr.arpa ip6.arpa']),
    'prometheus :9153',
    `forward . ${upstream}`,
    'cache 30',
    'loop',
    'reload',
    'loadbalance',
  ];
  return ['.:53 {', ...plugins.map((line) => `    ${line}`), revision.corefileEnd, ''].join('\n');
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}
