import { helperContainer } from '../../src/execute/helper-container.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { ContainerCheck } from '../../src/reconcile/kinds/wait-kinds.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { fakeClock } from '../fakes/clock.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';

const start = 1_800_000_000;
/** Health URL of etcd. */
export const url = 'https://10.0.0.1:2379/health';

export interface World {
  readonly context: RunContext;
  readonly hosts: readonly FakeHost[];
  /** Hosts whose etcd does not answer. */
  readonly sick: Set<string>;
  /** Elapsed seconds. */
  readonly passed: () => number;
}

/** Hosts whose clocks match that of the run, each with a container that started with the run. */
export function world(addresses: readonly string[], name: string): World {
  const clock = fakeClock();
  const sick = new Set<string>();
  const passed = (): number => Math.floor(clock.now() / 1000);
  const hosts = addresses.map((address) => {
    const host = new FakeHost(address);
    host.run(helperContainer(name, 'image'));
    host.prints = (command) => (command.startsWith('date') ? `${start + passed()}\n` : '');
    return host;
  });
  const context = fakeContext(hosts, {
    clock,
    probe: (host) =>
      sick.has(host.address)
        ? Promise.reject(new Error('connection refused'))
        : Promise.resolve({ status: 200, body: '{"health":"true"}' }),
  });
  return { context, hosts, sick, passed };
}

/** Makes a container look as if Docker had restarted it. */
export function restarted(host: FakeHost, name: string, at: number, restartCount: number): void {
  const container = host.containers.get(name);
  if (container === undefined) throw new Error('the host has it');
  const startedAt = new Date((start + at) * 1000).toISOString();
  host.containers.set(name, { ...container, startedAt, restartCount });
}

/** An operation that waits until all checks pass. */
export const waitFor = (checks: readonly ContainerCheck[]): OperationOf<'await-healthy'> => ({
  id: 'healthy',
  stage: 'controlplane',
  title: 'healthy',
  host: '10.0.0.1',
  after: [],
  kind: 'await-healthy',
  checks,
  need: checks.length,
  timeoutSeconds: 120,
});
