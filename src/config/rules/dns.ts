import { firstAddressOf, ipBytes, ipText, isCidr, cidrHolds } from '../../core/ip.js';
import { isHostName } from '../../core/host-name.js';
import { isPort } from '../../core/url.js';
import { findDefinition } from '../addons/addon-definitions.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** CoreDNS takes no more in one `forward` (plugin/forward, maxUpstreams). */
const mostServers = 15;

/** True if rke brings the DNS; an unknown provider is reported by the rules on options. */
export const isDnsDeployed = (provider: string): boolean => findDefinition('dns', provider) !== undefined;

/**
 * What becomes the configuration of the cluster's DNS. RKE wrote it there unread, and CoreDNS keeps its old configuration until its next
 * start, which then fails.
 */
export const dnsRules: Rule = (input) => {
  const { spec } = input;
  const { dns } = spec;
  const address = nodelocal(dns.nodelocal?.ipAddress ?? '', spec);
  if (!isDnsDeployed(dns.provider)) return [...domain(spec), ...address];
  const own = ownAddresses(spec);
  return [
    ...servers('dns.upstreamnameservers', dns.upstreamnameservers ?? [], own),
    ...Object.entries(dns.stubdomains ?? {}).flatMap(([name, list]) => [
      ...stubDomain(name, spec),
      ...servers(`dns.stubdomains.${name}`, list, own),
    ]),
    ...repeatedDomains(Object.keys(dns.stubdomains ?? {})),
    ...(dns.reversecidrs ?? []).flatMap(reverseZone),
    ...domain(spec),
    ...serviceAddress(spec),
    ...address,
  ];
};

/** Addresses at which CoreDNS would ask itself. */
function ownAddresses({ services, dns }: ClusterSpec): ReadonlySet<string> {
  const all = [...services.kubelet.clusterDnsServer.split(','), dns.nodelocal?.ipAddress ?? ''];
  return new Set(all.flatMap((one) => canonical(one.trim()) ?? []));
}

function servers(path: string, list: readonly string[], own: ReadonlySet<string>): Finding[] {
  return [
    ...(list.length > mostServers
      ? [refusal('too-many', path, `${list.length} DNS servers; at most ${mostServers} are allowed`)]
      : []),
    ...list.flatMap((server, index) => serverFindings(`${path}[${index}]`, server, own)),
  ];
}

function serverFindings(path: string, server: string, own: ReadonlySet<string>): Finding[] {
  if (/^\/[^\s{}"#;\\]+$/.test(server))
    return server === '/etc/resolv.conf'
      ? []
      : [
          warning(
            'missing-file',
            path,
            `CoreDNS reads ${server} in its own container, which has the host's /etc/resolv.conf only`,
          ),
        ];
  const host = /^(?:dns:\/\/|tls:\/\/)?(.*)$/s.exec(server)?.[1] ?? '';
  const address = addressOf(host);
  if (address === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `expected an address (with a port, or tls:// before it) or the path of a resolv.conf, got ${quoted(server)}${meant(server)}`,
      ),
    ];
  if (own.has(address))
    return [
      refusal(
        'dns-loop',
        path,
        `${address} is the DNS of the cluster itself, which would ask itself for ever`,
      ),
    ];
  return /^(127\.|0\.0\.0\.0$|::1?$)/.test(address)
    ? [
        refusal(
          'dns-loop',
          path,
          `${address} is CoreDNS itself in its pod, which would ask itself for ever; write the address that other hosts reach the server by`,
        ),
      ]
    : [];
}

/** The address of `10.0.0.1`, `10.0.0.1:53`, `fd00::1` and `[fd00::1]:53`, in one spelling. */
function addressOf(host: string): string | undefined {
  const [, bracketed, v4, port] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(host) ?? [];
  if (port === undefined) return canonical(host);
  return isPort(port) ? canonical(bracketed ?? v4 ?? '') : undefined;
}

function canonical(address: string): string | undefined {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : ipText(bytes);
}

/** What has more than one server in one item, or a name in the place of an address. */
function meant(server: string): string {
  if (server.trim() === '') return '';
  const parts = server.trim().split(/[\s,;]+/);
  if (parts.length > 1 && parts.every((part) => addressOf(part) !== undefined))
    return '; write each server as an item of the list';
  if (server !== server.trim()) return '; remove the blanks';
  return isHostName(server.replace(/^\w+:\/\/|:\d+$/g, ''))
    ? '; a name cannot be looked up here, write its address'
    : '';
}

const quoted = (text: string): string => JSON.stringify(text);

function stubDomain(name: string, { services }: ClusterSpec): Finding[] {
  const path = `dns.stubdomains.${name}`;
  const plain = withoutDot(name);
  const own = withoutDot(services.kubelet.clusterDomain);
  if (plain === '' || !isZone(plain))
    return [refusal('bad-name', path, `expected a domain such as corp.example.com, got ${quoted(name)}`)];
  const isOwn = plain === own || ['svc', 'pod'].some((part) => plain === `${part}.${own}`);
  return isOwn
    ? [
        refusal(
          'not-allowed',
          path,
          `${name} is the cluster's own domain: no Service would be found any more`,
        ),
      ]
    : [];
}

/** CoreDNS does not start with two servers for one domain. */
function repeatedDomains(names: readonly string[]): Finding[] {
  return names.flatMap((name, index) => {
    const first = names.findIndex((other) => withoutDot(other) === withoutDot(name));
    return first === index
      ? []
      : [
          refusal(
            'not-allowed',
            `dns.stubdomains.${name}`,
            `${quoted(name)} is the same domain as ${quoted(names[first] ?? '')}`,
          ),
        ];
  });
}

const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** Labels of a zone may be numbers, as in `10.in-addr.arpa`. */
function isZone(name: string): boolean {
  return isHostName(`${name}.x`);
}

function reverseZone(zone: string, index: number): Finding[] {
  return isCidr(zone) || isZone(withoutDot(zone))
    ? []
    : [
        refusal(
          'bad-cidr',
          `dns.reversecidrs[${index}]`,
          `expected a range such as 172.16.0.0/16, got ${quoted(zone)}`,
        ),
      ];
}

/** Part of certificates, of search paths in pods and of CoreDNS's configuration. */
function domain({ services }: ClusterSpec): Finding[] {
  const { clusterDomain } = services.kubelet;
  return isHostName(clusterDomain)
    ? []
    : [
        refusal(
          'bad-name',
          'services.kubelet.cluster_domain',
          `expected a domain such as cluster.local, got ${quoted(clusterDomain)}`,
        ),
      ];
}

/** The Service of the cluster's DNS gets this address, or cannot be made. */
function serviceAddress({ services }: ClusterSpec): Finding[] {
  const path = 'services.kubelet.cluster_dns_server';
  const server = services.kubelet.clusterDnsServer;
  const range =
    services.kubeApi.extraArgs?.['service-cluster-ip-range'] ?? services.kubeApi.serviceClusterIpRange;
  const ranges = range.split(',').filter(isCidr);
  if (ranges.length === 0) return [];
  const address = canonical(server);
  const free = `expected one free address of the Services (${range})`;
  // By the value alone: a running cluster's state does not say who wrote it.
  const origin = address === '10.43.0.10' ? ", which is RKE's default; set this key" : '';
  // What is no address is reported by the rules on ranges.
  if (server.split(',').some((one) => canonical(one) === undefined)) return [];
  if (address === undefined) return [refusal('bad-address', path, `${free}, got ${quoted(server)}`)];
  if (ranges.some((one) => firstAddressOf(one) === address))
    return [refusal('bad-address', path, `${free}, got ${address}, which the Service kubernetes has`)];
  return ranges.some((one) => cidrHolds(one, address))
    ? []
    : [refusal('dns-outside', path, `${free}, got ${address}${origin}`)];
}

/** An address on every node that nobody else has. */
function nodelocal(address: string, { services, nodes }: ClusterSpec): Finding[] {
  const path = 'dns.nodelocal.ip_address';
  if (address === '') return [];
  const plain = canonical(address);
  if (plain === undefined)
    return [
      refusal('bad-address', path, `expected an address such as 169.254.20.10, got ${quoted(address)}`),
    ];
  if (
    nodes.some(({ internalAddress, address: outer }) =>
      [internalAddress, outer].some((one) => canonical(one) === plain),
    )
  )
    return [
      refusal(
        'bad-address',
        path,
        `${address} is the address of a node; take one that nobody has, such as 169.254.20.10`,
      ),
    ];
  const pods = services.kubeController.clusterCidr.split(',').filter(isCidr);
  return pods.some((range) => cidrHolds(range, plain))
    ? [
        warning(
          'cidr-overlap',
          path,
          `${address} lies in the range of the pods; take one that nobody has, such as 169.254.20.10`,
        ),
      ]
    : [];
}
