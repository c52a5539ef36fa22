import { isHostName } from './host-name.js';
import { ipBytes } from './ip.js';

/**
 * True if the text is a URL of a host with one of the schemes (without `://`), an optional port and nothing else.
 */
export function isUrlOf(text: string, schemes: readonly string[]): boolean {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/([^/?#]+)\/?$/.exec(text) ?? [];
  return schemes.includes(scheme) && isHostAndPort(rest);
}

/** True for `name`, `name:port`, `10.0.0.1:port`, `[fd00::1]` and `[fd00::1]:port`. */
export function isHostAndPort(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  if (port !== undefined && !isPort(port)) return false;
  if (bracketed !== undefined) return ipBytes(bracketed) !== undefined && bracketed.includes(':');
  return plain !== undefined && (ipBytes(plain) !== undefined || isHostName(plain));
}

/** True for decimal digits from 1 to 65535. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
