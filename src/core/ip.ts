import ipaddr from 'ipaddr.js';

/** Bytes of an address (4 or 16); undefined if the text is a name (as decided by Go's net.ParseIP). */
export function ipBytes(text: string): Uint8Array | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return Uint8Array.from(ipaddr.IPv4.parse(text).toByteArray());
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return undefined;
  const address = ipaddr.IPv6.parse(text);
  // Go keeps such an address as IPv4, and so do the SANs of a certificate.
  return Uint8Array.from((address.isIPv4MappedAddress() ? address.toIPv4Address() : address).toByteArray());
}

/** One spelling for each address, so that two can be compared as text. */
export function ipText(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

/**
 * First address of a range after that of the network, e.g. `10.43.0.1` for `10.43.0.0/16`: the one of the Service
 * `kubernetes` (RKE pki/util.go GetKubernetesServiceIP).
 */
export function firstAddressOf(cidr: string): string {
  return addressAt(cidr, 1);
}

/** The address of a range at an offset from its first address, or from its last one if the offset is negative (-1 is the last). */
export function addressAt(cidr: string, offset: number): string {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const bytes = address.toByteArray();
  const bits = bytes.length * 8;
  const all = (1n << BigInt(bits)) - 1n;
  const hosts = (1n << BigInt(bits - prefix)) - 1n;
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const network = value & ~hosts & all;
  let wanted = ((offset < 0 ? network + hosts + 1n : network) + BigInt(offset)) & all;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    bytes[index] = Number(wanted & 255n);
    wanted >>= 8n;
  }
  return ipText(Uint8Array.from(bytes));
}

/** A range with the address of its network, e.g. `10.1.0.0/16` for `10.1.2.3/16`. */
export function networkOf(cidr: string): string {
  return `${addressAt(cidr, 0)}/${ipaddr.parseCIDR(cidr)[1]}`;
}

/** True for an address range such as `10.42.0.0/16`, as Go's net.ParseCIDR reads it. */
export function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]*)\/(0|[1-9]\d*)$/.exec(text) ?? [];
  return ipBytes(address) !== undefined && Number(bits) <= (address.includes(':') ? 128 : 32);
}

/** True for an IPv6 address or range; false for IPv4 and names. */
export function isIpv6(text: string): boolean {
  return text.includes(':');
}

/** A host for URLs and `host:port`: IPv6 in brackets, everything else unchanged. */
export function hostInUrl(host: string): string {
  return isIpv6(host) ? `[${host}]` : host;
}

/**
 * Kind of an address that no other host can reach; undefined for a possible address of a node, and for a name other than
 * localhost, which is always this host (RFC 6761, 6.3).
 */
export function unreachableKind(text: string): string | undefined {
  if (/(^|\.)localhost\.?$/i.test(text)) return 'a name of the loopback address';
  const bytes = ipBytes(text);
  if (bytes === undefined) return undefined;
  const range = ipaddr.fromByteArray([...bytes]).range();
  const kinds: Readonly<Record<string, string>> = {
    unspecified: 'the unspecified address',
    broadcast: 'a broadcast address',
    multicast: 'a multicast address',
    loopback: 'a loopback address',
    linkLocal: 'a link-local address',
  };
  return kinds[range];
}

/** True if two ranges of the same family overlap. */
export function cidrsOverlap(a: string, b: string): boolean {
  const [first, firstBits] = ipaddr.parseCIDR(a);
  const [second, secondBits] = ipaddr.parseCIDR(b);
  if (first.kind() !== second.kind()) return false;
  return first.match(second, Math.min(firstBits, secondBits));
}

/** True if the range contains the address. */
export function cidrHolds(cidr: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
