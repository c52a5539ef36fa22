import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { FarmAnswer, FarmQuestion } from './farm/main.js';
import type { HostCounts } from './farm/simulated-host.js';

/** A run of `rke up` on a cluster without changes. */
export interface NoChangeTimes {
  readonly hosts: number;
  /** Milliseconds of a round trip to a host. */
  readonly latency: number;
  /** True if it found no change; otherwise its numbers are not comparable. */
  readonly isUnchanged: boolean;
  readonly seconds: number;
  /** Of the rke process only. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly connections: number;
  /** Sequential round trips on one connection: of the median worker, and of the host with the most. */
  readonly roundTrips: number;
  readonly mostRoundTrips: number;
  readonly commands: number;
  readonly channels: number;
}

const rke = fileURLToPath(new URL('../../bin/rke.js', import.meta.url));
const farmFile = fileURLToPath(new URL('farm/main.ts', import.meta.url));

/** `rke up` as a whole process with simulated hosts in another process, once for each latency. */
export async function* measureNoChange(
  hosts: number,
  latencies: readonly number[],
): AsyncGenerator<NoChangeTimes> {
  const folder = await mkdtemp(join(tmpdir(), 'rke-bench-'));
  const farm = fork(farmFile, [folder, String(hosts)], { execArgv: ['--import', 'tsx'] });
  try {
    await answer(farm);
    // The first run records host keys and writes the cluster's copy of the state.
    await ask(farm, { latency: 0 });
    await runUp(folder);
    for (const latency of latencies) {
      await ask(farm, { latency });
      const run = await runUp(folder);
      const isUnchanged = run.stderr.includes('no change');
      yield { hosts, latency, isUnchanged, ...run.usage, ...summary(await ask(farm, { latency })) };
    }
  } finally {
    farm.disconnect();
    await rm(folder, { recursive: true });
  }
}

/** Reports its resource usage on exit. */
const tellUsage = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1024 };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});`;

async function runUp(
  folder: string,
): Promise<{ stderr: string; usage: Pick<NoChangeTimes, 'seconds' | 'cpuSeconds' | 'peakMegabytes'> }> {
  const started = performance.now();
  const usageFile = join(folder, 'usage.json');
  const run = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(tellUsage)}`,
      rke,
      'up',
      '--config',
      join(folder, 'cluster.yml'),
    ],
    {
      env: { ...process.env, SSH_AUTH_SOCK: '', HOME: folder, BENCH_USAGE: usageFile },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [stderr, ended] = await Promise.all([text(run.stderr), once(run, 'close')]);
  const [code] = ended as [number | null];
  if (code !== 0) throw new Error(`rke up ended with exit code ${String(code)}:\n${stderr.slice(-2000)}`);
  const seconds = (performance.now() - started) / 1000;
  const used = JSON.parse(await readFile(usageFile, 'utf8')) as Omit<NoChangeTimes, 'seconds'>;
  return { stderr, usage: { ...used, seconds } };
}

async function ask(farm: ChildProcess, question: FarmQuestion): Promise<readonly HostCounts[]> {
  farm.send(question);
  const said = await answer(farm);
  return 'counts' in said ? said.counts : [];
}

async function answer(farm: ChildProcess): Promise<FarmAnswer> {
  const ended = once(farm, 'exit').then(() => Promise.reject(new Error('the simulated hosts ended')));
  ended.catch(() => undefined);
  const [said] = (await Promise.race([once(farm, 'message'), ended])) as [FarmAnswer];
  return said;
}

function summary(
  counts: readonly HostCounts[],
): Pick<NoChangeTimes, 'connections' | 'roundTrips' | 'mostRoundTrips' | 'commands' | 'channels'> {
  const sum = (of: (host: HostCounts) => number): number =>
    counts.reduce((total, host) => total + of(host), 0);
  const sorted = counts.map(({ roundTrips }) => roundTrips).toSorted((a, b) => a - b);
  return {
    connections: sum((host) => host.connections),
    commands: sum((host) => host.commands),
    channels: sum((host) => host.channels),
    roundTrips: sorted[Math.floor(sorted.length / 2)] ?? 0,
    mostRoundTrips: sorted.at(-1) ?? 0,
  };
}
