import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RkeEvent } from '../../src/core/events.js';
import type { FarmAnswer, FarmQuestion } from './farm/main.js';
import type { HostCounts } from './farm/simulated-host.js';
import { readEvents } from './read-events.js';

/** What a run has used. */
export interface SimulatedRun {
  readonly events: readonly RkeEvent[];
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

/** Simulated hosts in another process, with a directory in which rke runs as a process of its own. */
export class Simulation implements AsyncDisposable {
  readonly #folder: string;
  readonly #farm: ChildProcess;

  private constructor(folder: string, farm: ChildProcess) {
    this.#folder = folder;
    this.#farm = farm;
  }

  /** @param spares hosts that `grow` adds to cluster.yml */
  static async start(
    hosts: number,
    { spares }: { readonly spares: number } = { spares: 0 },
  ): Promise<Simulation> {
    const folder = await mkdtemp(join(tmpdir(), 'rke-bench-'));
    const farm = fork(farmFile, [folder, String(hosts), String(spares)], { execArgv: ['--import', 'tsx'] });
    const simulation = new Simulation(folder, farm);
    try {
      await answer(farm);
      // The first run records host keys and writes the cluster's copy of the state.
      await simulation.run(['up']);
    } catch (error) {
      await simulation[Symbol.asyncDispose]();
      throw error;
    }
    return simulation;
  }

  grow(): Promise<void> {
    return copyFile(join(this.#folder, 'grown.yml'), join(this.#folder, 'cluster.yml'));
  }

  async setVersion(version: string): Promise<void> {
    const file = join(this.#folder, 'cluster.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^kubernetes_version: .*/m, `kubernetes_version: ${version}`));
  }

  /** @param latency milliseconds of a round trip to a host */
  async run(
    args: readonly string[],
    { latency }: { readonly latency: number } = { latency: 0 },
  ): Promise<SimulatedRun> {
    await ask(this.#farm, { latency });
    const run = await runRke(this.#folder, args);
    return { ...run, ...summary(await ask(this.#farm, { latency })) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It ends with its channel, which is closed already if it has failed.
    if (this.#farm.connected) this.#farm.disconnect();
    await rm(this.#folder, { recursive: true });
  }
}

/** Reports its resource usage on exit. */
const tellUsage = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1024 };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});`;

type Usage = Pick<SimulatedRun, 'cpuSeconds' | 'peakMegabytes'>;

async function runRke(
  folder: string,
  args: readonly string[],
): Promise<Usage & Pick<SimulatedRun, 'events' | 'seconds'>> {
  const started = performance.now();
  const usageFile = join(folder, 'usage.json');
  const tell = ['--import', `data:text/javascript,${encodeURIComponent(tellUsage)}`];
  const options = ['--log-format', 'json', '--config', join(folder, 'cluster.yml')];
  const run = spawn(process.execPath, [...tell, rke, ...args, ...options], {
    env: { ...process.env, SSH_AUTH_SOCK: '', HOME: folder, BENCH_USAGE: usageFile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, ended] = await Promise.all([text(run.stderr), once(run, 'close')]);
  const [code] = ended as [number | null];
  if (code !== 0)
    throw new Error(`rke ${args.join(' ')} ended with exit code ${String(code)}:\n${stderr.slice(-3000)}`);
  const seconds = (performance.now() - started) / 1000;
  const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Usage;
  return { events: readEvents(stderr), seconds, ...usage };
}

async function ask(farm: ChildProcess, question: FarmQuestion): Promise<readonly HostCounts[]> {
  farm.send(question);
  const said = await answer(farm);
  return 'counts' in said ? said.counts : [];
}

async function answer(farm: ChildProcess): Promise<FarmAnswer> {
  const waits = new AbortController();
  const { signal } = waits;
  const ended = once(farm, 'exit', { signal }).then(() =>
    Promise.reject(new Error('the simulated hosts ended')),
  );
  ended.catch(() => undefined);
  try {
    const [said] = (await Promise.race([once(farm, 'message', { signal }), ended])) as [FarmAnswer];
    return said;
  } finally {
    waits.abort();
  }
}

function summary(
  counts: readonly HostCounts[],
): Pick<SimulatedRun, 'connections' | 'roundTrips' | 'mostRoundTrips' | 'commands' | 'channels'> {
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
