import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, sshError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import { createLimiter } from '../core/limit.js';
import { hostPattern, judgeKey, keyTypeOf, linesOf, parseKnownHosts, type KnownHost } from './known-hosts.js';

/** One run's view of a known_hosts file. A host that is not in it is recorded at first contact, and that is said. */
export class KnownHostsFile {
  readonly path: string;
  readonly #known: KnownHost[];
  readonly #events: EventSink;
  /** Appends one after another: many hosts connect at the same time. */
  readonly #appending = createLimiter(1);

  #endsOpen: boolean;

  private constructor(path: string, text: string, events: EventSink) {
    this.path = path;
    this.#known = parseKnownHosts(text);
    this.#endsOpen = text !== '' && !text.endsWith('\n');
    this.#events = events;
  }

  /** @param path `~/.ssh/known_hosts` unless given; need not exist */
  static async open(
    events: EventSink,
    path = join(homedir(), '.ssh', 'known_hosts'),
  ): Promise<KnownHostsFile> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw sshError('KNOWN_HOSTS', `cannot read ${path}: ${messageOf(error)}`, {
        fix: 'make it readable, or name another file with RKE_KNOWN_HOSTS',
        cause: error,
      });
    });
    return new KnownHostsFile(path, text, events);
  }

  /**
   * Key types by which a host is known, to ask it for one of these first: a host has several keys, and one of another
   * type would look like a changed one.
   */
  keyTypes(host: string, port: number): string[] {
    const trusted = linesOf(this.#known, hostPattern(host, port)).filter(({ isRevoked }) => !isRevoked);
    return [...new Set(trusted.map(({ keyType }) => keyType))];
  }

  /** @throws RkeError (exit 5) where the key is not the one that is known; never to be retried */
  async check(host: string, port: number, key: Buffer): Promise<void> {
    const pattern = hostPattern(host, port);
    const verdict = judgeKey(linesOf(this.#known, pattern), key);
    switch (verdict.kind) {
      case 'known':
        return;
      case 'unknown':
        return this.#record(pattern, host, key);
      case 'changed':
        throw sshError(
          'HOST_KEY_CHANGED',
          `the host key of ${host} is not the one that is known (${this.path}:${verdict.line}); it offers ${fingerprint(key)}`,
          {
            host,
            fix: `if the host was really made anew: ssh-keygen -R '${pattern}' -f ${this.path}; if not, somebody may be in between`,
          },
        );
      case 'revoked':
        throw sshError(
          'HOST_KEY_REVOKED',
          `the host key of ${host} has been revoked (${this.path}:${verdict.line}); it offers ${fingerprint(key)}`,
          { host, fix: 'give the host a new key (ssh-keygen -A on the host, after removing the old one)' },
        );
    }
  }

  async #record(pattern: string, host: string, key: Buffer): Promise<void> {
    const keyType = keyTypeOf(key);
    const encoded = key.toString('base64');
    this.#known.push({ line: 0, hosts: pattern, keyType, key: encoded, isRevoked: false });
    await this.#appending(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      // A file that a person edited may lack its last newline.
      const before = this.#endsOpen ? '\n' : '';
      this.#endsOpen = false;
      await appendFile(this.path, `${before}${pattern} ${keyType} ${encoded}\n`, { mode: 0o600 });
    }).catch((cause: unknown) => {
      throw sshError('KNOWN_HOSTS', `cannot record the host key in ${this.path}: ${messageOf(cause)}`, {
        host,
        fix: 'make it writable, or name another file with RKE_KNOWN_HOSTS',
        cause,
      });
    });
    this.#events.emit({ type: 'host-key-recorded', host, fingerprint: fingerprint(key), file: this.path });
  }
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
