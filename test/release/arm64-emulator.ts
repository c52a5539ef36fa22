import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Packages of Debian: the emulator, and the libraries that Node needs. */
const emulator = 'qemu-user-static';
const libraries = ['libc6:arm64', 'libgcc-s1:arm64', 'libstdc++6:arm64'];

/**
 * Unpacks an emulator of arm64 with the libraries of a Debian, once; nothing is installed.
 *
 * @returns the command that runs an executable of linux-arm64
 * @throws Error if a package cannot be downloaded, or this machine is no Debian
 */
export async function arm64Emulator(): Promise<readonly string[]> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rke-release');
  const folder = join(cache, 'arm64-emulator');
  if ((await stat(folder).catch(() => undefined)) === undefined) await unpack(cache, folder);
  return [join(folder, 'usr/bin/qemu-aarch64-static'), '-L', folder];
}

async function unpack(cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'emulator-'));
  try {
    const [packages, lists, root] = ['packages', 'lists', 'root'].map((name) => join(work, name)) as [
      string,
      string,
      string,
    ];
    await mkdir(packages);
    for (const path of [join(lists, 'lists/partial'), join(work, 'cache/archives/partial')])
      await mkdir(path, { recursive: true });
    // Lists of arm64 apart from those of this machine, whose architectures stay as they are.
    const apart = [
      `Dir::State=${lists}`,
      'Dir::State::status=/dev/null',
      `Dir::Cache=${join(work, 'cache')}`,
    ];
    const options = [...apart, 'APT::Architecture=arm64', 'APT::Architectures::=arm64'];
    const arm64 = options.flatMap((option) => ['-o', option]);
    await run('apt-get', [...arm64, '-q', 'update']);
    await run('apt-get', [...arm64, '-q', 'download', ...libraries], { cwd: packages });
    await run('apt-get', ['-q', 'download', emulator], { cwd: packages });
    for (const file of await readdir(packages)) await run('dpkg-deb', ['-x', join(packages, file), root]);
    await rename(root, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
