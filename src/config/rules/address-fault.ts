import { isHostName } from '../../core/host-name.js';
import { ipBytes, isIpv6 } from '../../core/ip.js';

/**
 * Why a text is not an IP address or DNS name, and what to write instead: the part of a message after `invalid address "…": `.
 *
 * @param key the key of cluster.yml that has the text as its value, e.g. `address`
 * @returns undefined for an IP address or DNS name
 */
export function addressFault(text: string, key: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed !== text) return `leading or trailing space; write ${trimmed}`;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return `it is an IPv4 address in IPv6 notation; write ${mapped}`;
  if (ipBytes(text) !== undefined) return undefined;
  const zone = /^([0-9a-f:.]*:[0-9a-f:.]*)%/i.exec(text);
  if (zone !== null) return 'an address with a zone is valid on one host only; use a global address';
  const parts = splitTarget(text);
  if (parts !== undefined) return `it contains more than an address; write ${formatKeys(parts, key)}`;
  const decimal = withoutLeadingZeros(text);
  if (decimal !== undefined) return `IPv4 addresses have no leading zeros; write ${decimal}`;
  if (/^[\d.]+$/.test(text)) return 'expected four numbers from 0 to 255';
  if (isIpv6(text)) return 'expected an IPv6 address such as fd00::12';
  return isHostName(text) ? undefined : 'expected an IP address or a DNS name';
}

interface Target {
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

const form =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:(?<user>[^@/\s]+)@)?(?:\[(?<bracketed>[0-9a-f:.]+)\]|(?<host>[^:/@\s[\]]+|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*))(?::(?<port>\d+))?(?:\/\S*)?$/i;

/** The parts of a text such as `ssh://ops@host:2222/`; undefined if it is only a host. */
function splitTarget(text: string): Target | undefined {
  const groups = form.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { user = '', bracketed, host = bracketed ?? '', port = '' } = groups;
  const isAddress = ipBytes(host) !== undefined || isHostName(host);
  return isAddress && host !== text ? { user, host, port } : undefined;
}

/** The parts as keys of cluster.yml; user and port only beside `address`. */
function formatKeys({ user, host, port }: Target, key: string): string {
  // Never repeat a password that follows the user.
  const [name = ''] = user.split(':');
  const isLogin = key === 'address';
  return [
    `${key}: ${isIpv6(host) ? JSON.stringify(host) : host}`,
    ...(port === '' || !isLogin ? [] : [`port: ${port}`]),
    ...(name === '' || !isLogin ? [] : [`user: ${name}`]),
  ].join(', ');
}

function withoutLeadingZeros(text: string): string | undefined {
  if (!/^\d{1,4}(\.\d{1,4}){3}$/.test(text)) return undefined;
  const decimal = text.split('.').map(Number).join('.');
  return decimal !== text && ipBytes(decimal) !== undefined ? decimal : undefined;
}
