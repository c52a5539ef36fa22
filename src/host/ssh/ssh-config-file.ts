import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileErrorOf, sshError } from '../../core/errors.js';
import { expandHome } from './home.js';
import { fits } from './name-pattern.js';
import { lookUpHost, parseSshConfig, type Directive, type SshHostConfig } from './ssh-config.js';

/** The limit of OpenSSH. */
const deepestInclude = 16;

/** The user's ssh_config. Read by a parser of our own: libraries ignore Include, or run the commands of `Match exec`. */
export class SshConfigFile {
  readonly #directives: readonly Directive[];
  readonly #ofSystem: readonly Directive[];

  private constructor(directives: readonly Directive[], ofSystem: readonly Directive[]) {
    this.#directives = directives;
    this.#ofSystem = ofSystem;
  }

  /**
   * @param path defaults to `~/.ssh/config`; need not exist
   * @param systemDirectory with the `ssh_config` of all users, of which only the settings of host keys are used
   * @throws RkeError (exit 5) if one exists and cannot be read
   */
  static async open(
    path = join(homedir(), '.ssh', 'config'),
    systemDirectory = systemSshDirectory,
  ): Promise<SshConfigFile> {
    const [directives, ofSystem] = await Promise.all([
      readDirectives({ path, base: join(homedir(), '.ssh'), depth: 0 }),
      readDirectives({ path: join(systemDirectory, 'ssh_config'), base: systemDirectory, depth: 0 }),
    ]);
    return new SshConfigFile(directives, ofSystem);
  }

  /** @param host as cluster.yml or a ProxyJump calls it */
  lookUp(host: string): SshHostConfig {
    const { hostKeys } = lookUpHost([...this.#directives, ...this.#ofSystem], host);
    const found = lookUpHost(this.#directives, host);
    return hostKeys === undefined ? found : { ...found, hostKeys };
  }
}

/** Where OpenSSH keeps the configuration of all users. */
export const systemSshDirectory = '/etc/ssh';

interface ConfigFile {
  readonly path: string;
  /** Directory that an Include is relative to. */
  readonly base: string;
  /** How many files include it. */
  readonly depth: number;
}

async function readDirectives({ path, base, depth }: ConfigFile): Promise<Directive[]> {
  if (depth > deepestInclude)
    throw sshError('SSH_CONFIG', `${path} is included more than ${deepestInclude} levels deep`, {
      fix: 'check for files that include each other',
    });
  const lines = parseSshConfig(await readText(path));
  return Promise.all(
    lines.map(async (line) => {
      if (line.keyword !== 'include') return line;
      const paths = (await Promise.all(line.args.map((argument) => filesOf(argument, base)))).flat();
      return {
        included: await Promise.all(
          paths.map((file) => readDirectives({ path: file, base, depth: depth + 1 })),
        ),
      };
    }),
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const { code } = cause as { readonly code?: unknown };
    // A pattern of an Include may match directories.
    if (code === 'ENOENT' || code === 'EISDIR') return '';
    throw sshError('SSH_CONFIG', `cannot read ${path}: ${fileErrorOf(cause)}`, {
      fix: 'make it readable for you, or remove it from your SSH configuration',
      cause,
    });
  });
}

/** The files that an Include names, sorted. */
async function filesOf(argument: string, base: string): Promise<string[]> {
  const expanded = expandHome(argument);
  const path = isAbsolute(expanded) ? expanded : join(base, expanded);
  const [root = '', ...parts] = path.split('/');
  let found = [root];
  for (const part of parts) {
    const isPattern = /[*?]/.test(part);
    const next = await Promise.all(
      found.map(async (directory) => {
        if (!isPattern) return [`${directory}/${part}`];
        const names = await readdir(`${directory}/`).catch(() => []);
        // The same as in a shell, a pattern matches hidden files only if it starts with a dot.
        const hits = names.filter(
          (name) => fits(part, name) && (part.startsWith('.') || !name.startsWith('.')),
        );
        return hits.sort().map((name) => `${directory}/${name}`);
      }),
    );
    found = next.flat();
  }
  return found;
}
