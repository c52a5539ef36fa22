import { Simulation, type SimulatedRun } from './simulation.js';

/** A run of `rke up` that changes something. */
export interface ChangeTimes extends SimulatedRun {
  readonly hosts: number;
  readonly operations: number;
  /** From the plan to the end, without what a run without changes takes there too: all connections are closed. */
  readonly changeSeconds: number;
  /** What it used more than a run without changes of the same cluster. */
  readonly moreCpuSeconds: number;
  readonly moreRequests: number;
}

export type Change = 'add-worker' | 'upgrade';

/** `rke up` that adds a worker, or upgrades Kubernetes by one minor version, on simulated hosts in another process. */
export async function measureChange(hosts: number, change: Change): Promise<ChangeTimes> {
  await using simulation = await Simulation.start(hosts, { spares: 1 });
  const idle = await simulation.run(['up']);
  if (change === 'add-worker') await simulation.grow();
  else await simulation.setVersion('v1.31.1-rancher1-1');
  const run = await simulation.run(['up', '--disable-port-check', '--no-snapshot']);
  const { operations, afterPlan } = partsOf(run);
  return {
    ...run,
    hosts,
    operations,
    changeSeconds: afterPlan - partsOf(idle).afterPlan,
    moreCpuSeconds: run.cpuSeconds - idle.cpuSeconds,
    moreRequests: run.channels + run.commands - idle.channels - idle.commands,
  };
}

/** The number of operations, and the seconds from the plan to the end. */
function partsOf({ events }: SimulatedRun): { operations: number; afterPlan: number } {
  const planned = events.find(({ type }) => type === 'plan-made');
  const end = events.at(-1);
  if (planned?.type !== 'plan-made' || end?.type !== 'run-finished') throw new Error('no plan, or no end');
  const afterPlan = (Date.parse(end.time) - Date.parse(planned.time)) / 1000;
  return { operations: planned.operations, afterPlan };
}
