import { createHmac } from 'node:crypto';

/** A line of known_hosts that speaks of a key (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  /** From 1, for messages. */
  readonly line: number;
  /** Hashed or comma-separated patterns, as written. */
  readonly hosts: string;
  readonly keyType: string;
  /** base64 */
  readonly key: string;
  readonly isRevoked: boolean;
}

/** What known_hosts says of a key that a host offers. */
export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed' | 'revoked'; readonly line: number };

/** Lines that cannot be read are left out, as OpenSSH does. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === '' || fields[0]?.startsWith('#') === true) return [];
    // Certificate authorities say nothing of a plain key.
    if (fields[0] === '@cert-authority') return [];
    const isRevoked = fields[0] === '@revoked';
    const [hosts, keyType, key] = isRevoked ? fields.slice(1) : fields;
    return hosts === undefined || keyType === undefined || key === undefined
      ? []
      : [{ line: index + 1, hosts, keyType, key, isRevoked }];
  });
}

/** The name of a host in known_hosts: bare at port 22, else `[host]:port`. */
export function hostPattern(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** The lines that speak of a host. */
export function linesOf(known: readonly KnownHost[], pattern: string): KnownHost[] {
  return known.filter(({ hosts }) => matches(hosts, pattern));
}

/**
 * @param lines those of the host
 * @param key what the host offers, in SSH's wire form
 */
export function judgeKey(lines: readonly KnownHost[], key: Buffer): Verdict {
  const encoded = key.toString('base64');
  const revoked = lines.find((line) => line.isRevoked && line.key === encoded);
  if (revoked !== undefined) return { kind: 'revoked', line: revoked.line };
  const trusted = lines.filter((line) => !line.isRevoked);
  if (trusted.some((line) => line.key === encoded)) return { kind: 'known' };
  const other = trusted[0];
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', line: other.line };
}

/** The type of a key in wire form: its first string. */
export function keyTypeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('ascii');
}

function matches(hosts: string, pattern: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [salt = '', digest = ''] = hosts.slice(3).split('|');
    // OpenSSH hashes names in lower case.
    const hash = createHmac('sha1', Buffer.from(salt, 'base64')).update(pattern.toLowerCase());
    return hash.digest('base64') === digest;
  }
  const patterns = hosts.split(',');
  const isExcluded = patterns.some((entry) => entry.startsWith('!') && glob(entry.slice(1), pattern));
  return !isExcluded && patterns.some((entry) => glob(entry, pattern));
}

function glob(entry: string, pattern: string): boolean {
  const expression = entry
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(pattern);
}
