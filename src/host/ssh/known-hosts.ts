import { createHmac } from 'node:crypto';
import { nameMatches } from './name-pattern.js';

/** A line of known_hosts with a key (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  /** For messages; the line from 1. */
  readonly file: string;
  readonly line: number;
  /** Hashed or comma-separated patterns, as written. */
  readonly hosts: string;
  readonly keyType: string;
  /** base64 */
  readonly key: string;
  /** `ca` is the key of a CA that signs host keys. */
  readonly kind: 'key' | 'revoked' | 'ca';
}

/** What known_hosts says about a key that a host offers. */
export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed' | 'revoked' | 'ca-only'; readonly line: KnownHost };

const kinds: Readonly<Record<string, KnownHost['kind']>> = { '@revoked': 'revoked', '@cert-authority': 'ca' };

/** Invalid lines are ignored, the same as in OpenSSH. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const fields = line.trim().split(/\s+/);
    const [marker = ''] = fields;
    if (marker === '' || marker.startsWith('#')) return [];
    const kind = marker.startsWith('@') ? kinds[marker] : 'key';
    const [hosts, keyType, key] = kind === 'key' ? fields : fields.slice(1);
    return kind === undefined || hosts === undefined || keyType === undefined || key === undefined
      ? []
      : [{ file, line: index + 1, hosts, keyType, key, kind }];
  });
}

/** Name of a host in known_hosts: bare at port 22, otherwise `[host]:port`. */
export function hostPattern(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** The lines about a host. */
export function linesOf(known: readonly KnownHost[], pattern: string): KnownHost[] {
  return known.filter(({ hosts }) => matches(hosts, pattern));
}

/**
 * @param lines those of the host
 * @param key offered by the host, in SSH wire format
 */
export function judgeKey(lines: readonly KnownHost[], key: Buffer): Verdict {
  const encoded = key.toString('base64');
  const revoked = lines.find(({ kind, key: other }) => kind === 'revoked' && other === encoded);
  if (revoked !== undefined) return { kind: 'revoked', line: revoked };
  const trusted = lines.filter(({ kind }) => kind === 'key');
  if (trusted.some((line) => line.key === encoded)) return { kind: 'known' };
  const [other] = trusted;
  if (other !== undefined) return { kind: 'changed', line: other };
  const ca = lines.find(({ kind }) => kind === 'ca');
  // Trust in a CA does not mean that any key is fine.
  return ca === undefined ? { kind: 'unknown' } : { kind: 'ca-only', line: ca };
}

/** Type of a key in wire format: its first string. */
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
  return nameMatches(hosts.split(','), pattern);
}
