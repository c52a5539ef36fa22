import { startFarm } from './farm.js';
import type { HostCounts } from './simulated-host.js';

/** The messages to the farm, and its responses. */
export type FarmQuestion = { readonly latency: number };
export type FarmAnswer = { readonly ready: true } | { readonly counts: readonly HostCounts[] };

/**
 * A separate process, so that its time does not count as that of the run: a cluster of simulated hosts that matches its
 * cluster.yml. Each message sets the time of a round trip and is answered with the statistics of the hosts so far.
 */
async function main(folder: string, count: number, spares: number): Promise<void> {
  const farm = await startFarm(folder, count, { spares });
  process.on('message', (question: FarmQuestion) => {
    farm.latency = question.latency;
    process.send?.({
      counts: [...farm.hosts.values()].map((host) => host.takeCounts()),
    } satisfies FarmAnswer);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ ready: true } satisfies FarmAnswer);
}

const [folder = '', count = '', spares = '0'] = process.argv.slice(2);
await main(folder, Number(count), Number(spares));
