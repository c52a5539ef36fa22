import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf, sshError } from '../core/errors.js';
import { expandHome } from './home.js';
import { fits } from './name-pattern.js';
import { lookUpHost, parseSshConfig, type Directive, type SshHostConfig } from './ssh-config.js';

/** As deep as OpenSSH follows. */
const deepestInclude = 16;

/** The user's ssh_config. Its own parser: libraries for it leave out Include, or run the commands of `Match exec`. */
export class SshConfigFile {
  readonly #directives: readonly Directive[];

  private constructor(directives: readonly Directive[]) {
    this.#directives = directives;
  }

  /**
   * @param path `~/.ssh/config` unless given; need not exist
   * @throws RkeError (exit 5) where it is there and cannot be read
   */
  static async open(path = join(homedir(), '.ssh', 'config')): Promise<SshConfigFile> {
    return new SshConfigFile(await readDirectives(path, 0));
  }

  /** @param host as cluster.yml or a ProxyJump calls it */
  lookUp(host: string): SshHostConfig {
    return lookUpHost(this.#directives, host);
  }
}

async function readDirectives(path: string, depth: number): Promise<Directive[]> {
  if (depth > deepestInclude)
    throw sshError('SSH_CONFIG', `${path} is included more than ${deepestInclude} files deep`, {
      fix: 'look for files that include each other',
    });
  const lines = parseSshConfig(await readText(path));
  return Promise.all(
    lines.map(async (line) => {
      if (line.keyword !== 'include') return line;
      const paths = (await Promise.all(line.args.map(filesOf))).flat();
      return { included: await Promise.all(paths.map((file) => readDirectives(file, depth + 1))) };
    }),
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const { code } = cause as { readonly code?: unknown };
    // A pattern of an Include finds folders too.
    if (code === 'ENOENT' || code === 'EISDIR') return '';
    throw sshError('SSH_CONFIG', `cannot read ${path}: ${messageOf(cause)}`, {
      fix: 'make it readable for you, or take it out of your SSH configuration',
      cause,
    });
  });
}

/** The files that an Include names, sorted; relative to ~/.ssh. */
async function filesOf(argument: string): Promise<string[]> {
  const expanded = expandHome(argument);
  const path = isAbsolute(expanded) ? expanded : join(homedir(), '.ssh', expanded);
  const [root = '', ...parts] = path.split('/');
  let found = [root];
  for (const part of parts) {
    const isPattern = /[*?]/.test(part);
    const next = await Promise.all(
      found.map(async (folder) => {
        if (!isPattern) return [`${folder}/${part}`];
        const names = await readdir(`${folder}/`).catch(() => []);
        // As in a shell, a pattern does not find hidden files unless it says so.
        const hits = names.filter(
          (name) => fits(part, name) && (part.startsWith('.') || !name.startsWith('.')),
        );
        return hits.sort().map((name) => `${folder}/${name}`);
      }),
    );
    found = next.flat();
  }
  return found;
}
