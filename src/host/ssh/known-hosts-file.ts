import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileErrorOf, sshError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import { createLimiter } from '../../core/limit.js';
import { hostKeyError, unknownKeyError } from './host-key-errors.js';
import { hostPattern, judgeKey, keyTypeOf, KnownHostLines, parseKnownHosts } from './known-hosts.js';
import { systemSshDirectory } from './ssh-config-file.js';
import type { HostKeySettings } from './ssh-config.js';
import type { SshTarget } from './ssh-target.js';

/** Name of a host in messages, what is dialled, and what ssh_config says about its key. */
export interface HostKeyName {
  readonly host: string;
  readonly hostName: string;
  readonly port: number;
  readonly hostKeys?: Pick<HostKeySettings, 'alias' | 'isStrict'> | undefined;
}

export interface KnownHostsOptions {
  /** The file for all hosts; if absent, those of ssh_config, or `~/.ssh/known_hosts`. */
  readonly path?: string | undefined;
  /** Directory of the files of all users, unless ssh_config names others. */
  readonly systemDirectory?: string | undefined;
}

/** The known_hosts files of one run. */
export class KnownHostsFiles {
  readonly #events: EventSink;
  readonly #options: KnownHostsOptions;
  readonly #open = new Map<string, Promise<KnownHostsFile>>();
  /** Keywords that were already reported. */
  readonly #reported = new Set<string>();

  constructor(events: EventSink, options: KnownHostsOptions = {}) {
    this.#events = events;
    this.#options = options;
  }

  /** @throws RkeError (exit 5) if a file exists and cannot be read */
  of({
    userKnownHostsFiles = [],
    hostKeys = {},
  }: Pick<SshTarget, 'userKnownHostsFiles' | 'hostKeys'> = {}): Promise<KnownHostsFile> {
    const { path, systemDirectory = systemSshDirectory } = this.#options;
    const named = path === undefined ? userKnownHostsFiles : [path];
    const users = named.length === 0 ? [join(homedir(), '.ssh', 'known_hosts')] : named;
    const globals =
      hostKeys.globalFiles ??
      ['ssh_known_hosts', 'ssh_known_hosts2'].map((name) => join(systemDirectory, name));
    this.#report(hostKeys.passedOver ?? []);
    const name = [...users, '', ...globals].join('\n');
    const known = this.#open.get(name) ?? KnownHostsFile.open(this.#events, users, globals);
    this.#open.set(name, known);
    return known;
  }

  #report(keywords: readonly string[]): void {
    for (const keyword of keywords) {
      if (this.#reported.has(keyword)) continue;
      this.#reported.add(keyword);
      const message = `${keyword} in your SSH configuration is not supported; ssh may refuse a host key that rke accepts`;
      this.#events.emit({ type: 'warning', message });
    }
  }
}

/** One run's view of known_hosts. An unknown host is recorded at first contact, which is reported. */
export class KnownHostsFile {
  /** Where unknown hosts are recorded: the first of the user's files. */
  readonly path: string;
  readonly #known: KnownHostLines;
  readonly #events: EventSink;
  /** Appends one after another: many hosts connect at the same time. */
  readonly #appending = createLimiter(1);

  #endsOpen: boolean;

  private constructor(files: readonly { readonly path: string; readonly text: string }[], events: EventSink) {
    const { path = '', text = '' } = files[0] ?? {};
    this.path = path;
    this.#known = new KnownHostLines(files.flatMap((file) => parseKnownHosts(file.text, file.path)));
    this.#endsOpen = text !== '' && !text.endsWith('\n');
    this.#events = events;
  }

  /**
   * @param paths the user's files, at least one; none need exist
   * @param globals files of all users: only read, and ignored if the user may not read them, the same as ssh
   */
  static async open(
    events: EventSink,
    paths: readonly string[],
    globals: readonly string[] = [],
  ): Promise<KnownHostsFile> {
    const files = [
      ...paths.map(async (path) => ({ path, text: await readIfThere(path) })),
      ...globals.map(async (path) => ({ path, text: await readFile(path, 'utf8').catch(() => '') })),
    ];
    return new KnownHostsFile(await Promise.all(files), events);
  }

  /**
   * Key types that are recorded for a host, to ask it for one of these first: a host has several keys, and one of another
   * type would look like a changed one.
   */
  keyTypes(name: Pick<HostKeyName, 'hostName' | 'port' | 'hostKeys'>): string[] {
    const trusted = this.#known.of(patternOf(name)).filter(({ kind }) => kind === 'key');
    return [...new Set(trusted.map(({ keyType }) => keyType))];
  }

  /**
   * @param name of the host in messages and in known_hosts
   * @throws RkeError (exit 5) if the key is not the recorded one, or none is recorded and one must be; never retried
   */
  async check(name: HostKeyName, key: Buffer): Promise<void> {
    const { host, hostName, port, hostKeys } = name;
    const pattern = patternOf(name);
    const verdict = judgeKey(this.#known.of(pattern), key);
    if (verdict.kind === 'known') return;
    const place = { host, pattern, port, hostName, path: this.path, offered: fingerprint(key) };
    if (verdict.kind !== 'unknown') throw hostKeyError(verdict, place);
    if (hostKeys?.isStrict === true) throw unknownKeyError(place);
    return this.#record(pattern, host, key);
  }

  async #record(pattern: string, host: string, key: Buffer): Promise<void> {
    const keyType = keyTypeOf(key);
    const encoded = key.toString('base64');
    this.#known.add({ file: this.path, line: 0, hosts: pattern, keyType, key: encoded, kind: 'key' });
    await this.#appending(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      // An edited file may lack its last newline.
      const before = this.#endsOpen ? '\n' : '';
      this.#endsOpen = false;
      await appendFile(this.path, `${before}${pattern} ${keyType} ${encoded}\n`, { mode: 0o600 });
    }).catch((cause: unknown) => {
      throw sshError('KNOWN_HOSTS', `cannot record the host key in ${this.path}: ${fileErrorOf(cause)}`, {
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
    throw sshError('KNOWN_HOSTS', `cannot read ${path}: ${fileErrorOf(error)}`, {
      fix: 'make it readable, or name another file with RKE_KNOWN_HOSTS',
      cause: error,
    });
  });
}

/** A HostKeyAlias is the name of the host at any port. */
function patternOf({
  hostName,
  port,
  hostKeys,
}: Pick<HostKeyName, 'hostName' | 'port' | 'hostKeys'>): string {
  return hostKeys?.alias ?? hostPattern(hostName, port);
}

/** The format of `ssh-keygen -l`. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
