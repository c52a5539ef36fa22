import { isHostName } from '../../core/host-name.js';
import { ipBytes, isIpv6 } from '../../core/ip.js';

/**
 * Why a text is neither an IP address nor a DNS name, and what to write instead.
 *
 * @param key the key of cluster.yml that holds it, e.g. `address`
 * @returns undefined if it is one of them
 */
export function addressFault(text: string, key: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed !== text) return `it has a space at an end; write ${trimmed}`;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return `it is an IPv4 address in IPv6 form; write ${mapped}`;
  if (ipBytes(text) !== undefined) return undefined;
  const zone = /^([0-9a-f:.]*:[0-9a-f:.]*)%/i.exec(text);
  if (zone !== null) return 'an address with a zone means something on one host only; write a global address';
  const parts = splitTarget(text);
  if (parts !== undefined) return `it is not an address alone; write ${advice(parts, key)}`;
  const decimal = withoutLeadingZeros(text);
  if (decimal !== undefined) return `leading zeros are not part of an IPv4 address; write ${decimal}`;
  if (/^[\d.]+$/.test(text)) return 'it is not an IPv4 address; expected four numbers from 0 to 255';
  if (isIpv6(text)) return 'it is not an IPv6 address';
  return isHostName(text) ? undefined : 'it is neither an IP address nor a DNS name';
}

interface Target {
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

const form =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:(?<user>[^@/\s]+)@)?(?:\[(?<bracketed>[0-9a-f:.]+)\]|(?<host>[^:/@\s[\]]+|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*))(?::(?<port>\d+))?(?:\/\S*)?$/i;

/** The parts of `ssh://ops@host:2222/`, in which people write more than the address; undefined if the host is all there is. */
function splitTarget(text: string): Target | undefined {
  const groups = form.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { user = '', bracketed, host = bracketed ?? '', port = '' } = groups;
  const isAddress = ipBytes(host) !== undefined || isHostName(host);
  return isAddress && host !== text ? { user, host, port } : undefined;
}

function advice({ user, host, port }: Target, key: string): string {
  // A password that stands behind the user is nothing to repeat.
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
