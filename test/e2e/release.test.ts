import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arm64Emulator } from '../release/arm64-emulator.js';
import { writeNpmPackage } from '../release/npm-package.js';
import { writeOtherExecutable, writeOwnExecutable } from '../release/own-executable.js';
import { targets, type Target } from '../release/targets.js';

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-release-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Together, these read each data file of the program, and load schemas and certificates. */
const commands = [
  ['--version'],
  ['config', 'init', '--force', 'ops@10.0.0.1'],
  ['config', 'validate'],
  ['config', '--system-images', '--all'],
  ['plan', '--offline', '-o', 'json'],
  ['cert', 'generate-csr'],
  ['completion', 'bash'],
];

describe('the executable', () => {
  // There is no Node to be found, and no home directory.
  const rke = (args: readonly string[]) => run(join(folder, 'rke'), [...args], { cwd: folder, env: {} });

  beforeAll(() => writeOwnExecutable(join(folder, 'rke')));

  it.each(commands.map((args) => [args.join(' '), args] as const))(
    'runs rke %s without Node',
    async (_, args) => {
      expect((await rke(args)).stderr).not.toMatch(/warning|error/i);
    },
  );

  it('starts with 200 ms of CPU time', async () => {
    // Of the process alone: how long it takes also depends on what else this machine does.
    const script = 'TIMEFORMAT="%U %S"; time "$0" --version';
    const times = [];
    for (let at = 0; at < 5; at += 1) {
      const { stderr } = await run('bash', ['-c', script, join(folder, 'rke')]);
      const [user = '', system = ''] = stderr.trim().split(' ');
      times.push(Number(user) + Number(system));
    }
    expect(Math.min(...times)).toBeLessThan(0.2);
  });
});

describe('the executable for linux-arm64', () => {
  it('starts in an emulator', async () => {
    const executable = join(folder, 'rke-arm64');
    await writeOtherExecutable(executable, targets.find(({ id }) => id === 'linux-arm64') as Target);
    const [program = '', ...args] = await arm64Emulator();
    const rke = (...words: string[]) =>
      run(program, [...args, executable, ...words], { cwd: folder, env: {} });
    expect((await rke('--version')).stdout).toMatch(/^rke version v/);
    await rke('config', 'init', '--force', 'ops@10.0.0.1');
    expect((await rke('config', 'validate')).stdout).toContain('is valid');
  });
});

describe('the npm package', () => {
  const installed = (path: string): string => join(folder, 'prefix', path);

  beforeAll(async () => {
    const file = join(folder, await writeNpmPackage(folder));
    // An empty cache and no registry: everything comes from the file.
    const args = ['--offline', '--cache', join(folder, 'cache'), '--prefix', join(folder, 'prefix')];
    await run('npm', ['install', '--global', '--loglevel=error', ...args, file], { cwd: folder });
  });

  it.each(commands.map((args) => [args.join(' '), args] as const))('runs rke %s', async (_, args) => {
    const { stderr } = await run(installed('bin/rke'), [...args], { cwd: folder });
    expect(stderr).not.toMatch(/warning|error/i);
  });

  it('is a library with types', async () => {
    const code = "import('rke').then((rke) => console.log(typeof rke.up))";
    const { stdout } = await run(process.execPath, ['-e', code], { cwd: installed('lib/node_modules/rke') });
    expect(stdout).toBe('function\n');
    await access(installed('lib/node_modules/rke/dist/index.d.ts'));
  });

  it('installs manual pages', async () => {
    expect(await readFile(installed('share/man/man1/rke-up.1'), 'utf8')).toContain('.SH OPTIONS');
  });

  it('lets no package run a script when it is installed', async () => {
    for (const name of ['ssh2', 'protobufjs']) {
      const path = installed(`lib/node_modules/rke/node_modules/${name}/package.json`);
      expect(await readFile(path, 'utf8')).not.toContain('"scripts"');
    }
  });
});
