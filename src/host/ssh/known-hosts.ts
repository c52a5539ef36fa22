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

/** Lines of known_hosts, of which those about a host are found without a comparison with the names of all others. */
export class KnownHostLines {
  /** Lines with plain names, by each name in lower case. */
  readonly #byName = new Map<string, KnownHost[]>();
  /** Lines with a hashed name or with patterns, which are compared one by one. */
  readonly #others: KnownHost[] = [];
  readonly #position = new Map<KnownHost, number>();
  /** What was found before: each host is looked up twice, and a hash is slow. */
  readonly #found = new Map<string, readonly KnownHost[]>();

  constructor(lines: Iterable<KnownHost>) {
    for (const line of lines) this.add(line);
  }

  add(line: KnownHost): void {
    this.#position.set(line, this.#position.size);
    const names = new Set(line.hosts.toLowerCase().split(','));
    this.#found.clear();
    if (line.hosts.startsWith('|1|') || /[*?!]/.test(line.hosts)) this.#others.push(line);
    else for (const name of names) this.#byName.set(name, [...(this.#byName.get(name) ?? []), line]);
  }

  /** The lines about a host, in their order. */
  of(pattern: string): readonly KnownHost[] {
    const name = pattern.toLowerCase();
    const found = this.#found.get(name) ?? this.#find(name);
    this.#found.set(name, found);
    return found;
  }

  #find(name: string): KnownHost[] {
    const positionOf = (line: KnownHost): number => this.#position.get(line) ?? 0;
    const others = this.#others.filter(({ hosts }) => matches(hosts, name));
    return [...(this.#byName.get(name) ?? []), ...others].toSorted((a, b) => positionOf(a) - positionOf(b));
  }
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
