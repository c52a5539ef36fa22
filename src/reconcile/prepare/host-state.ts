import { aptList, dnfList } from './package-commands.js';
import { quoteForShell } from '../../core/shell-quote.js';
import type { OsRelease } from './distributions.js';

/** What `rke prepare` reads of a host besides the facts of the checks. */
export interface HostState {
  readonly os: OsRelease;
  readonly user: string;
  /** True if it logs in as root, or sudo asks for no password. */
  readonly hasRoot: boolean;
  /** True if the login is root: then sudo is not used. */
  readonly isRoot: boolean;
  /** Groups of the user by the files of the host; a session from before has fewer. */
  readonly groups: readonly string[];
  /** True if this session may use the socket of Docker. */
  readonly mayUseDocker: boolean;
  /** `26.1.5`, by the installed dockerd; absent without one. */
  readonly dockerVersion?: string;
  /** Docker is installed as a snap. */
  readonly hasSnap: boolean;
  /** Programs of interest that run: `dockerd`, `kubelet`. */
  readonly running: ReadonlySet<string>;
  /** True if the packages of docker.com are in its sources. */
  readonly hasRepository: boolean;
}

/**
 * Command line that prints the state of a host, one `name=value` per line: like `factsCommand`, plain POSIX sh in one line. It reads
 * what any user may read, and asks whether sudo works without a password.
 */
export function stateCommand(dockerSocket: string): string {
  return `sh -c '${statements.join('; ')}' rke ${quoteForShell(dockerSocket)}`;
}

const statements = [
  'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"',
  'file=/etc/os-release',
  '[ -r "$file" ] || file=/usr/lib/os-release',
  'while read -r line; do echo "os.$line"; done <"$file"',
  'user="$(id -un)"',
  'echo "user=$user"',
  'echo "uid=$(id -u)"',
  'echo "groups=$(id -nG "$user")"',
  'if sudo -n true 2>/dev/null; then echo "sudo=yes"; fi',
  'if command -v dockerd >/dev/null; then echo "docker=$(dockerd --version)"; fi',
  'if [ -d /snap/docker ] || [ -d /var/snap/docker ]; then echo "snap=yes"; fi',
  'if [ -w "$1" ]; then echo "socket=writable"; fi',
  `if [ -e ${dnfList} ] || [ -e ${aptList} ] || grep -qrs download.docker.com /etc/apt/sources.list /etc/apt/sources.list.d; then echo "repository=yes"; fi`,
  'for comm in /proc/[0-9]*/comm; do if read -r name 2>/dev/null <"$comm"; then case "$name" in dockerd|kubelet) echo "runs=$name";; esac; fi; done',
  'true',
];

/** Parses the output of `stateCommand`. @returns undefined if it is not that of a host that has answered */
export function parseState(output: string): HostState | undefined {
  const pairs = output.split('\n').flatMap((line): [string, string][] => {
    const [, name, value = ''] = /^([a-z]+(?:\.[A-Z_]+)?)=(.*)$/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [[name, value.trim()]];
  });
  const values = new Map(pairs);
  const [user, uid] = [values.get('user'), values.get('uid')];
  if (user === undefined || uid === undefined) return undefined;
  const [dockerVersion] = /\d+\.\d+(\.\d+)?/.exec(values.get('docker') ?? '') ?? [];
  const os = (name: string): string => unquoted(values.get(`os.${name}`) ?? '');
  return {
    os: {
      id: os('ID'),
      versionId: os('VERSION_ID'),
      codename: os('VERSION_CODENAME'),
      prettyName: os('PRETTY_NAME') || os('ID') || 'unknown distribution',
    },
    user,
    isRoot: uid === '0',
    hasRoot: uid === '0' || values.get('sudo') === 'yes',
    groups: (values.get('groups') ?? '').split(' '),
    mayUseDocker: uid === '0' || values.get('socket') === 'writable',
    ...(dockerVersion === undefined ? {} : { dockerVersion }),
    hasSnap: values.get('snap') === 'yes',
    running: new Set(pairs.flatMap(([name, value]) => (name === 'runs' ? [value] : []))),
    hasRepository: values.get('repository') === 'yes',
  };
}

/** A value of os-release without its quotes. */
const unquoted = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2');
