import { cidrHolds, firstAddressOf, isCidr } from '../../core/ip.js';
import { isHostName } from '../../core/host-name.js';
import { findDefinition } from '../addons/addon-definitions.js';
import type { ClusterSpec, DnsSpec } from '../cluster-spec.js';
import { resolveState } from '../resolve/resolve-state.js';
import { canonical, checkServers, clusterDnsAddresses, quoted } from './dns-servers.js';
import { refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** True if rke deploys the cluster DNS; an unknown provider is reported by optionRules. */
export const isDnsDeployed = (provider: string): boolean => findDefinition('dns', provider) !== undefined;

/**
 * Values that become the configuration of CoreDNS. RKE v1 did not check them, and CoreDNS keeps its old configuration until it is
 * restarted, which then fails.
 */
export const dnsRules: Rule = (input) => {
  const { spec } = input;
  const { dns } = spec;
  if (!isDnsDeployed(dns.provider)) return checkClusterDomain(spec);
  const own = clusterDnsAddresses(spec);
  return [
    ...checkServers('dns.upstreamnameservers', dns.upstreamnameservers ?? [], own),
    ...Object.entries(dns.stubdomains ?? {}).flatMap(([name, list]) => [
      ...checkStubDomain(name, spec),
      ...checkServers(`dns.stubdomains.${name}`, list, own),
    ]),
    ...warnOfUnusedKeys(dns),
    ...checkRepeatedDomains(Object.keys(dns.stubdomains ?? {})),
    ...(dns.reversecidrs ?? []).flatMap(checkReverseZone),
    ...checkClusterDomain(spec),
    ...checkServiceAddress(input),
  ];
};

/** CoreDNS runs with the configuration of RKE v1, in which two keys do nothing (src/plan/addons/coredns/corefile.ts). */
function warnOfUnusedKeys({ provider, stubdomains = {}, reversecidrs = [] }: DnsSpec): Finding[] {
  if (provider !== 'coredns') return [];
  return [
    ...(Object.keys(stubdomains).length === 0
      ? []
      : [
          warning(
            'no-effect',
            'dns.stubdomains',
            'has no effect with CoreDNS, the same as in RKE v1; only kube-dns uses it',
          ),
        ]),
    ...(reversecidrs.length === 0
      ? []
      : [
          warning(
            'no-effect',
            'dns.reversecidrs',
            'with CoreDNS, switches off reverse lookups of Services and pods, the same as in RKE v1; remove it, which resolves all ranges of the cluster',
          ),
        ]),
  ];
}

function checkStubDomain(name: string, { services }: ClusterSpec): Finding[] {
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
          `${name} is the domain of the cluster, so Services would no longer resolve; remove it`,
        ),
      ]
    : [];
}

/** CoreDNS does not start with two server blocks for one domain. */
function checkRepeatedDomains(names: readonly string[]): Finding[] {
  return names.flatMap((name, index) => {
    const first = names.findIndex((other) => withoutDot(other) === withoutDot(name));
    return first === index
      ? []
      : [
          refusal(
            'not-allowed',
            `dns.stubdomains.${name}`,
            `${quoted(name)} is the same domain as ${quoted(names[first] ?? '')}; merge the two entries`,
          ),
        ];
  });
}

const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** Labels of a zone may be numbers, as in `10.in-addr.arpa`. */
function isZone(name: string): boolean {
  return isHostName(`${name}.x`);
}

function checkReverseZone(zone: string, index: number): Finding[] {
  return isCidr(zone) || isZone(withoutDot(zone))
    ? []
    : [
        refusal(
          'bad-cidr',
          `dns.reversecidrs[${index}]`,
          `expected a CIDR range such as 172.16.0.0/16, got ${quoted(zone)}`,
        ),
      ];
}

/** Part of certificates, of search domains in pods and of the configuration of CoreDNS. */
function checkClusterDomain({ services }: ClusterSpec): Finding[] {
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

/** The cluster DNS Service gets this address, or cannot be created. */
function checkServiceAddress({ spec, config, running, catalog }: RuleInput): Finding[] {
  const path = 'services.kubelet.cluster_dns_server';
  const server = spec.services.kubelet.clusterDnsServer;
  const range = serviceRange(spec);
  const ranges = range.split(',').filter(isCidr);
  if (ranges.length === 0) return [];
  const address = canonical(server);
  const expected = `expected a free address in the Service range (${range})`;
  // An invalid address is reported by rangeRules.
  if (server.split(',').some((one) => canonical(one) === undefined)) return [];
  if (address === undefined) return [refusal('bad-address', path, `${expected}, got ${quoted(server)}`)];
  if (ranges.some((one) => firstAddressOf(one) === address))
    return [
      refusal('bad-address', path, `${expected}, got ${address}, the address of the Service "kubernetes"`),
    ];
  if (isInRange(address, range)) return [];
  // A running cluster keeps its range, so the address follows from the refused change of the range.
  if (running !== undefined && isInRange(address, serviceRange(resolveState(running, catalog)))) return [];
  const isDefault = (config.services?.kubelet?.clusterDnsServer ?? '') === '';
  const message = isDefault
    ? `not set, and the default of RKE v1 (${address}) is outside the Service range (${range})${running === undefined ? '; set it to a free address in that range' : ''}`
    : `${expected}, got ${address}`;
  return [{ ...refusal('dns-outside', path, message, `${address} ${range}`), isDefault }];
}

/** The Service range of kube-apiserver: an extra argument overrides the key. */
function serviceRange({ services: { kubeApi } }: ClusterSpec): string {
  return kubeApi.extraArgs?.['service-cluster-ip-range'] ?? kubeApi.serviceClusterIpRange;
}

const isInRange = (address: string, range: string): boolean =>
  range
    .split(',')
    .filter(isCidr)
    .some((one) => cidrHolds(one, address));
