import { Simulation, type SimulatedRun } from './simulation.js';

/** A run on a cluster without changes. */
export interface NoChangeTimes extends SimulatedRun {
  readonly command: string;
  readonly hosts: number;
  /** Milliseconds of a round trip to a host. */
  readonly latency: number;
  /** True if it found no change; otherwise its numbers are not comparable. */
  readonly isUnchanged: boolean;
}

/** `rke up` and `rke plan` as whole processes with simulated hosts in another process, once for each latency. */
export async function* measureNoChange(
  hosts: number,
  latencies: readonly number[],
): AsyncGenerator<NoChangeTimes> {
  await using simulation = await Simulation.start(hosts);
  for (const latency of latencies)
    for (const command of ['up', 'plan']) {
      const run = await simulation.run([command], { latency });
      const isUnchanged = run.events.some(
        ({ type, ...event }) => type === 'plan-made' && 'operations' in event && event.operations === 0,
      );
      yield { command, hosts, latency, isUnchanged, ...run };
    }
}
