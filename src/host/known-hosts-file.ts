import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, sshError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import { createLimiter } from '../core/limit.js';
import { hostKeyError } from './host-key-errors.js';
import { hostPattern, judgeKey, keyTypeOf, linesOf, parseKnownHosts, type KnownHost } from './known-hosts.js';
import type { SshTarget } from './ssh-target.js';

/** A host in messages, and what is dialled: its name in known_hosts. */
export interface HostKeyName {
  readonly host: string;
  readonly hostName: string;
  readonly port: number;
}

/** The known_hosts files of one run. */
export class KnownHostsFiles {
  readonly #events: EventSink;
  readonly #path: string | undefined;
  readonly #open = new Map<string, Promise<KnownHostsFile>>();

  /** @param path of the one file for all hosts; unless given, as ssh_config says, or `~/.ssh/known_hosts` */
  constructor(events: EventSink, path?: string) {
    this.#events = events;
    this.#path = path;
  }

  /** @throws RkeError (exit 5) where the file is there and cannot be read */
  of({ userKnownHostsFiles = [] }: Pick<SshTarget, 'userKnownHostsFiles'> = {}): Promise<KnownHostsFile> {
    const named = this.#path === undefined ? userKnownHostsFiles : [this.#path];
    const paths = named.length === 0 ? [join(homedir(), '.ssh', 'known_hosts')] : named;
    const name = paths.join('\n');
    const known = this.#open.get(name) ?? KnownHostsFile.open(this.#events, paths);
    this.#open.set(name, known);
    return known;
  }
}

/** One run's view of known_hosts. A host that is not in it is recorded at first contact, and that is said. */
export class KnownHostsFile {
  /** Where new hosts are recorded: the first of several files. */
  readonly path: string;
  readonly #known: KnownHost[];
  readonly #events: EventSink;
  /** Appends one after another: many hosts connect at the same time. */
  readonly #appending = createLimiter(1);

  #endsOpen: boolean;

  private constructor(files: readonly { readonly path: string; readonly text: string }[], events: EventSink) {
    const { path = '', text = '' } = files[0] ?? {};
    this.path = path;
    this.#known = files.flatMap((file) => parseKnownHosts(file.text, file.path));
    this.#endsOpen = text !== '' && !text.endsWith('\n');
    this.#events = events;
  }

  /** @param paths at least one; none need exist */
  static async open(events: EventSink, paths: readonly string[]): Promise<KnownHostsFile> {
    const files = paths.map(async (path) => ({ path, text: await readIfThere(path) }));
    return new KnownHostsFile(await Promise.all(files), events);
  }

  /**
   * Key types by which a host is known, to ask it for one of these first: a host has several keys, and one of another
   * type would look like a changed one.
   */
  keyTypes(host: string, port: number): string[] {
    const trusted = linesOf(this.#known, hostPattern(host, port)).filter(({ kind }) => kind === 'key');
    return [...new Set(trusted.map(({ keyType }) => keyType))];
  }

  /**
   * @param name what messages call the host, and what it is in known_hosts
   * @throws RkeError (exit 5) where the key is not the one that is known; never to be retried
   */
  async check({ host, hostName, port }: HostKeyName, key: Buffer): Promise<void> {
    const pattern = hostPattern(hostName, port);
    const verdict = judgeKey(linesOf(this.#known, pattern), key);
    if (verdict.kind === 'known') return;
    if (verdict.kind === 'unknown') return this.#record(pattern, host, key);
    throw hostKeyError(verdict, {
      host,
      pattern,
      port,
      hostName,
      path: this.path,
      offered: fingerprint(key),
    });
  }

  async #record(pattern: string, host: string, key: Buffer): Promise<void> {
    const keyType = keyTypeOf(key);
    const encoded = key.toString('base64');
    this.#known.push({ file: this.path, line: 0, hosts: pattern, keyType, key: encoded, kind: 'key' });
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

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw sshError('KNOWN_HOSTS', `cannot read ${path}: ${messageOf(error)}`, {
      fix: 'make it readable, or name another file with RKE_KNOWN_HOSTS',
      cause: error,
    });
  });
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
