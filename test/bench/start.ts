import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOwnExecutable } from '../release/own-executable.js';

const script = fileURLToPath(new URL('../../bin/rke.js', import.meta.url));
const runs = 15;

export interface StartTimes {
  readonly command: string;
  /** Of whole processes, in milliseconds; undefined if there is no such program. */
  readonly times: { readonly best: number; readonly middle: number } | undefined;
}

/** How long it takes until a process that has nothing to do ends. */
export async function measureStart(): Promise<StartTimes[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rke-bench-'));
  try {
    const executable = join(folder, 'rke');
    await writeOwnExecutable(executable);
    const commands: readonly (readonly [string, string, ...string[]])[] = [
      ['node, empty', process.execPath, '-e', '0'],
      ['bin/rke.js --version', process.execPath, script, '--version'],
      ['bin/rke.js up --help', process.execPath, script, 'up', '--help'],
      ['executable --version', executable, '--version'],
      ['executable up --help', executable, 'up', '--help'],
      ['executable __complete', executable, '__complete', '--', 'etcd', ''],
      ['kubectl version --client', 'kubectl', 'version', '--client'],
    ];
    return commands.map(([command, file, ...args]) => ({ command, times: measure(file, args) }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function measure(file: string, args: readonly string[]): StartTimes['times'] {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    const { error, status } = spawnSync(file, args, { stdio: 'ignore' });
    if (error !== undefined || status !== 0) return undefined;
    times.push(performance.now() - started);
  }
  const [best = 0, ...others] = times.sort((a, b) => a - b);
  return { best, middle: others[Math.floor(runs / 2) - 1] ?? best };
}
