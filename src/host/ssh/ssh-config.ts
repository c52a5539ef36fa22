import { nameMatches } from './name-pattern.js';

/** One line of an ssh_config file; an `Include` with the lines of its files. */
export type Directive =
  | { readonly keyword: string; readonly args: readonly string[] }
  | { readonly included: readonly (readonly Directive[])[] };

/** What ssh_config says about a host, as far as rke uses it; undefined if it says nothing. */
export interface SshHostConfig {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  /** Hosts to go through, the first one first; [] for `none`. */
  readonly proxyJump?: readonly JumpHost[];
  readonly userKnownHostsFiles?: readonly string[];
  readonly hostKeys?: HostKeySettings;
  /** Not supported by rke. */
  readonly proxyCommand?: string;
}

/** What ssh_config says about host keys, besides the user's files. */
export interface HostKeySettings {
  /** An unknown host is refused. */
  readonly isStrict?: true;
  readonly globalFiles?: readonly string[];
  /** Name of the host in known_hosts, whatever its port. */
  readonly alias?: string;
  /** Keywords, as documented, because of which ssh may refuse a key that rke accepts. */
  readonly passedOver?: readonly string[];
}

/** `[user@]host[:port]` of a ProxyJump. */
export interface JumpHost {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** The lines of an ssh_config text (ssh_config(5)): keyword in lower case, arguments without quotes. */
export function parseSshConfig(text: string): { readonly keyword: string; readonly args: string[] }[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, keyword, rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
    return keyword === undefined ? [] : [{ keyword: keyword.toLowerCase(), args: argumentsOf(rest) }];
  });
}

/** Words, split at blanks outside of quotes; `#` at the beginning of a word starts a comment. */
function argumentsOf(text: string): string[] {
  const words = Array.from(text.matchAll(/(?:"[^"]*"|[^\s"])+/g), ([word]) => word);
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment < 0 ? words : words.slice(0, comment)).map((word) => word.replaceAll('"', ''));
}

/**
 * What the configuration says about a host: the same as in OpenSSH, the first value counts; IdentityFile accumulates.
 *
 * @param host name before HostName is applied
 */
export function lookUpHost(directives: readonly Directive[], host: string): SshHostConfig {
  const first = new Map<string, readonly string[]>();
  const identityFiles: string[] = [];
  const walk = (lines: readonly Directive[], isInside: boolean): void => {
    let applies = isInside;
    for (const line of lines) {
      if ('included' in line) {
        for (const file of line.included) walk(file, applies);
        continue;
      }
      const { keyword, args } = line;
      if (keyword === 'host') applies = isInside && nameMatches(args, host);
      else if (keyword === 'match')
        applies = isInside && matchApplies(args, host, first.get('hostname')?.[0]);
      else if (applies && keyword === 'identityfile') identityFiles.push(...args.slice(0, 1));
      else if (applies && args.length > 0 && !first.has(keyword)) first.set(keyword, args);
    }
  };
  walk(directives, true);
  return settingsOf(first, { host, identityFiles });
}

/** Compares names only. `exec` is never run, and a block with other criteria does not apply. */
function matchApplies(criteria: readonly string[], host: string, hostName = host): boolean {
  if (criteria.length === 1 && criteria[0]?.toLowerCase() === 'all') return true;
  if (criteria.length === 0 || criteria.length % 2 !== 0) return false;
  for (let index = 0; index < criteria.length; index += 2) {
    const patterns = (criteria[index + 1] ?? '').split(',');
    const name = { host: hostName, originalhost: host }[criteria[index]?.toLowerCase() ?? ''];
    if (name === undefined || !nameMatches(patterns, name)) return false;
  }
  return true;
}

function settingsOf(
  first: ReadonlyMap<string, readonly string[]>,
  { host, identityFiles }: { readonly host: string; readonly identityFiles: readonly string[] },
): SshHostConfig {
  const hostName = first.get('hostname')?.[0]?.replaceAll('%h', host).replaceAll('%%', '%');
  const [user] = first.get('user') ?? [];
  const port = portOf(first.get('port')?.[0]);
  const jump = first.get('proxyjump')?.join(' ');
  const command = first.get('proxycommand')?.join(' ');
  const knownHosts = first.get('userknownhostsfile');
  const hostKeys = hostKeysOf(first);
  return {
    identityFiles: identityFiles.filter((path) => path.toLowerCase() !== 'none'),
    ...(hostName === undefined ? {} : { hostName }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(jump === undefined ? {} : { proxyJump: jumpsOf(jump) }),
    ...(command === undefined || command.toLowerCase() === 'none' ? {} : { proxyCommand: command }),
    ...(knownHosts === undefined ? {} : { userKnownHostsFiles: knownHosts }),
    ...(Object.keys(hostKeys).length === 0 ? {} : { hostKeys }),
  };
}

/** Values with which ssh refuses no more host keys than rke does. */
const harmless: readonly [keyword: string, values: readonly string[]][] = [
  ['RevokedHostKeys', ['none']],
  ['KnownHostsCommand', ['none']],
  ['CheckHostIP', ['no']],
  ['VerifyHostKeyDNS', ['no', 'ask']],
];

function hostKeysOf(first: ReadonlyMap<string, readonly string[]>): HostKeySettings {
  const valueOf = (keyword: string): string | undefined => first.get(keyword.toLowerCase())?.[0];
  const strict = valueOf('StrictHostKeyChecking')?.toLowerCase();
  // `ask` would ask; rke records and reports the first contact instead. ssh exits on any other value.
  const isLax = strict === undefined || ['ask', 'accept-new', 'no', 'off', 'false'].includes(strict);
  const globalFiles = first.get('globalknownhostsfile');
  const alias = valueOf('HostKeyAlias');
  const passedOver = harmless.flatMap(([keyword, values]) => {
    const value = valueOf(keyword)?.toLowerCase();
    return value === undefined || values.includes(value) ? [] : [keyword];
  });
  return {
    ...(isLax ? {} : { isStrict: true }),
    ...(globalFiles === undefined ? {} : { globalFiles }),
    ...(alias === undefined ? {} : { alias }),
    ...(passedOver.length === 0 ? {} : { passedOver }),
  };
}

function jumpsOf(text: string): JumpHost[] {
  if (text.toLowerCase() === 'none') return [];
  return text.split(',').flatMap((part) => {
    const [, user, bracketed, plain, portText] =
      /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[(.+)\]|([^:@]+))(?::(\d+))?\/?$/.exec(part.trim()) ?? [];
    const host = bracketed ?? plain;
    const port = portOf(portText);
    if (host === undefined) return [];
    return [{ host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }];
  });
}

function portOf(text = ''): number | undefined {
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}
