import { isHostName } from '../../core/host-name.js';
import { ipBytes, ipText } from '../../core/ip.js';
import { isPort } from '../../core/url.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { refusal, warning, type Finding } from './rule.js';

/** The limit of CoreDNS for one `forward` (plugin/forward, maxUpstreams). */
const mostServers = 15;

/** Addresses at which CoreDNS would query itself. */
export function clusterDnsAddresses({ services, dns }: ClusterSpec): ReadonlySet<string> {
  const all = [...services.kubelet.clusterDnsServer.split(','), dns.nodelocal?.ipAddress ?? ''];
  return new Set(all.flatMap((one) => canonical(one.trim()) ?? []));
}

/** Checks servers of `upstreamnameservers` or a stub domain. */
export function checkServers(path: string, list: readonly string[], own: ReadonlySet<string>): Finding[] {
  return [
    ...(list.length > mostServers
      ? [refusal('too-many', path, `expected at most ${mostServers} DNS servers, got ${list.length}`)]
      : []),
    ...list.flatMap((server, index) => checkServer(`${path}[${index}]`, server, own)),
  ];
}

function checkServer(path: string, server: string, own: ReadonlySet<string>): Finding[] {
  if (/^\/[^\s{}"#;\\]+$/.test(server))
    return server === '/etc/resolv.conf'
      ? []
      : [
          warning(
            'missing-file',
            path,
            `CoreDNS reads ${server} inside its container, which has only /etc/resolv.conf of the host; use that or an IP address`,
          ),
        ];
  const host = /^(?:dns:\/\/|tls:\/\/)?(.*)$/s.exec(server)?.[1] ?? '';
  const address = addressOf(host);
  if (address === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `expected an IP address, optionally with port or tls://, or the path of a resolv.conf, got ${quoted(server)}${hintFor(server)}`,
      ),
    ];
  if (own.has(address))
    return [
      refusal(
        'dns-loop',
        path,
        `${address} is the cluster DNS itself, which would query itself endlessly; use a DNS server outside the cluster`,
      ),
    ];
  return /^(127\.|0\.0\.0\.0$|::1?$)/.test(address)
    ? [
        refusal(
          'dns-loop',
          path,
          `inside its pod, ${address} is CoreDNS itself, which would query itself endlessly; use the address at which other hosts reach the server`,
        ),
      ]
    : [];
}

/** The normalised address of `10.0.0.1`, `10.0.0.1:53`, `fd00::1` and `[fd00::1]:53`. */
function addressOf(host: string): string | undefined {
  const [, bracketed, v4, port] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(host) ?? [];
  if (port === undefined) return canonical(host);
  return isPort(port) ? canonical(bracketed ?? v4 ?? '') : undefined;
}

/** An IP address in one spelling; undefined for any other string. */
export function canonical(address: string): string | undefined {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : ipText(bytes);
}

/** A hint for several servers in one item, and for a name instead of an address. */
function hintFor(server: string): string {
  if (server.trim() === '') return '';
  const parts = server.trim().split(/[\s,;]+/);
  if (parts.length > 1 && parts.every((part) => addressOf(part) !== undefined))
    return '; write one server per list item';
  if (server !== server.trim()) return '; remove the spaces';
  return isHostName(server.replace(/^\w+:\/\/|:\d+$/g, ''))
    ? '; names are not resolved here, use the IP address'
    : '';
}

export const quoted = (text: string): string => JSON.stringify(text);
