import type { ClusterSpec, NodeSpec } from '../../config/cluster-spec.js';
import { firstAddressOf, ipBytes, ipText } from '../../core/ip.js';
import type { Sans } from '../x509/sans.js';

/**
 * Lists the names of the API server or of etcd (RKE pki/util.go:165 GetAltNames). Duplicates stay: RKE compares lists, and a
 * cluster that RKE created must not get new certificates because of them.
 */
export function listServerSans(
  spec: ClusterSpec,
  nodes: readonly NodeSpec[],
  extra: readonly string[],
): Sans {
  const hosts = nodes.map(listNodeSans);
  const named = sortIntoSans(extra);
  const { clusterDomain } = spec.services.kubelet;
  return {
    ips: [
      ...hosts.flatMap(({ ips }) => ips),
      ...named.ips,
      '127.0.0.1',
      ...spec.services.kubeApi.serviceClusterIpRange.split(',').map((cidr) => firstAddressOf(cidr.trim())),
    ],
    dnsNames: [
      ...hosts.flatMap(({ dnsNames }) => dnsNames),
      ...named.dnsNames,
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
    ],
  };
}

/** Lists the names of one node: its addresses, and its name as a DNS name even if it looks like an address. */
export function listNodeSans({ address, internalAddress, hostnameOverride }: NodeSpec): Sans {
  const addresses =
    internalAddress !== '' && internalAddress !== address ? [address, internalAddress] : [address];
  const { ips, dnsNames } = sortIntoSans(addresses);
  return { ips, dnsNames: hostnameOverride === address ? dnsNames : [...dnsNames, hostnameOverride] };
}

function sortIntoSans(names: readonly string[]): Sans {
  return {
    ips: names.flatMap((name) => {
      const bytes = ipBytes(name);
      return bytes === undefined ? [] : [ipText(bytes)];
    }),
    dnsNames: names.filter((name) => ipBytes(name) === undefined),
  };
}
