import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/rke.js', import.meta.url));

export interface RkeRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A directory with a cluster.yml, in which the real program runs as for a user. */
export class RkeFolder implements AsyncDisposable {
  readonly path: string;
  /** What runs instead of bin/rke.js: an executable of a release. */
  executable: string | undefined;
  /** Environment variables of the runs, added to those of this process. */
  env: Readonly<Record<string, string>> = {};

  private constructor(path: string) {
    this.path = path;
  }

  static async create(clusterYml: string): Promise<RkeFolder> {
    const folder = new RkeFolder(await mkdtemp(join(tmpdir(), 'rke-e2e-')));
    await folder.write('cluster.yml', clusterYml);
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string): Promise<void> {
    await writeFile(this.file(name), content);
  }

  read(name: string): Promise<string> {
    return readFile(this.file(name), 'utf8');
  }

  /** Runs the program in the directory. `onSpawn` gets the process and its output, to stop it in the middle. */
  async rke(
    args: readonly string[],
    onSpawn?: (kill: (signal: NodeJS.Signals) => void, stderr: Readable, stdout: Readable) => void,
  ): Promise<RkeRun> {
    const started = performance.now();
    // A separate known_hosts, because lab nodes come and go under the same addresses.
    const env = { ...process.env, RKE_KNOWN_HOSTS: this.file('known_hosts'), NO_COLOR: '1', ...this.env };
    const [command, ...first] =
      this.executable === undefined ? [process.execPath, program] : [this.executable];
    const child = spawn(command, [...first, ...args], {
      cwd: this.path,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onSpawn?.((signal) => child.kill(signal), child.stderr, child.stdout);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, ...output, seconds: (performance.now() - started) / 1000 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
