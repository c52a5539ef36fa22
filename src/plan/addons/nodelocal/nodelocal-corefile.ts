import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { NodelocalRevision } from './nodelocal-revisions.js';

/** Replaced by node-cache with the address of the Service `kube-dns-upstream`, and with the name servers of the host. */
const clusterDns = '__PILLAR__CLUSTER__DNS__';
const upstreamServers = '__PILLAR__UPSTREAM__SERVERS__';

/** The configuration of the cache: its own zone, reverse zones and all other names, with RKE's indentation. */
export function cacheCorefile({ dns, services }: ClusterSpec, revision: NodelocalRevision): string {
  const { clusterDomain, clusterDnsServer } = services.kubelet;
  const address = dns.nodelocal?.ipAddress ?? '';
  const zone = (name: string, { cache, forward, more = [] }: ZoneLines): string =>
    block(`${name}:53`, [
      'errors',
      ...cache,
      'reload',
      'loop',
      `bind ${address} ${clusterDnsServer}`,
      ...forward,
      'prometheus :9253',
      ...more,
    ]);
  const ofCluster = inner(`forward . ${clusterDns}`, ['force_tcp']);
  const plainCache = ['cache 30'];
  return [
    zone(clusterDomain, {
      cache: inner('cache', ['success 9984 30', 'denial 9984 5']),
      forward: ofCluster,
      more: [`health ${address}:8080`],
    }),
    zone('in-addr.arpa', { cache: plainCache, forward: ofCluster }),
    zone('ip6.arpa', { cache: plainCache, forward: ofCluster }),
    zone('.', {
      cache: plainCache,
      forward: revision.forcesTcpUpstream
        ? inner(`forward . ${upstreamServers}`, ['force_tcp'])
        : [`forward . ${upstreamServers}`],
    }),
  ].join('');
}

interface ZoneLines {
  readonly cache: readonly string[];
  readonly forward: readonly string[];
  readonly more?: readonly string[];
}

function block(title: string, lines: readonly string[]): string {
  return [`${title} {`, ...[...lines, '}'].map((line) => `    ${line}`), ''].join('\n');
}

function inner(title: string, lines: readonly string[]): string[] {
  return [`${title} {`, ...lines.map((line) => `        ${line}`), '}'];
}
