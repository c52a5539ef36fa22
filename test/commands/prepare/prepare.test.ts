import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  planPrepare,
  prepareHosts,
  type PrepareHostsOptions,
  type PrepareResult,
} from '../../../src/commands/prepare/prepare.js';
import { describeError } from '../../../src/core/describe-error.js';
import { CancelledError, RkeError } from '../../../src/core/errors.js';
import type { EventPayload } from '../../../src/core/events.js';
import { InterruptedError, RunFailedError } from '../../../src/core/hosts-error.js';
import { useFolder } from '../../cli/run.js';
import { recordingSink } from '../../fakes/recording-sink.js';
import { FakeMachine, transportTo } from './fake-machine.js';

const folder = useFolder();
const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
let machines = new Map<string, FakeMachine>();
let sink = recordingSink();

beforeEach(async () => {
  machines = new Map(addresses.map((address) => [address, new FakeMachine()]));
  sink = recordingSink();
  const nodes = addresses.map(
    (address) => `  - { address: ${address}, user: ops, role: [controlplane, etcd, worker] }`,
  );
  await writeFile(
    join(folder(), 'cluster.yml'),
    `cluster_name: prod\nnodes:\n${nodes.join('\n')}\nkubernetes_version: v1.30.4-rancher1-1\nnetwork: { plugin: none }\n`,
  );
});

const machine = (index: number): FakeMachine => machines.get(addresses[index] ?? '') as FakeMachine;
const optionsOf = (more: Partial<PrepareHostsOptions> = {}): PrepareHostsOptions => ({
  configPath: join(folder(), 'cluster.yml'),
  events: sink,
  signal: new AbortController().signal,
  transport: transportTo(machines),
  confirm: () => Promise.resolve(true),
  ...more,
});
const prepare = (more?: Partial<PrepareHostsOptions>): Promise<PrepareResult> =>
  prepareHosts(optionsOf(more));
async function failureOf(work: Promise<unknown>): Promise<RkeError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RkeError)) throw new Error('it did not fail with an RkeError', { cause: error });
  return error;
}
const failuresOf = (error: RkeError): string[] =>
  error instanceof RunFailedError
    ? error.failures.map(({ host = '', error: one }) => `${host} ${describeError(one).code} ${one.message}`)
    : [];
const operations = (host: string): string[] =>
  sink.events.flatMap((event: EventPayload) =>
    'operation' in event && event.host === host
      ? [`${event.type} ${event.operation.split('@')[0] ?? ''}`]
      : [],
  );
const everything = ['sudo docker', 'sudo docker-group'];

it('prepares all hosts, logs in again so that the group counts, and has nothing to do in a second run', async () => {
  machine(1).ipForward = 0;
  const { plan, done } = await prepare();
  expect(plan.hosts.map(({ steps }) => steps.map(({ part }) => part))).toEqual([
    ['docker', 'docker-service', 'docker-group'],
    ['sysctl', 'docker', 'docker-service', 'docker-group'],
    ['docker', 'docker-service', 'docker-group'],
  ]);
  expect(done).toBe(10);
  // Packages of Debian start Docker, so that step finds nothing left to do.
  expect(machine(0).steps).toEqual(everything);
  expect(machine(1).steps).toEqual(['sudo sysctl', ...everything]);
  expect(machine(0).connections).toBe(2);
  expect(operations('10.0.0.1')).toEqual(
    ['docker', 'docker-service', 'docker-group'].flatMap((part) => [
      `operation-started ${part}`,
      `operation-finished ${part}`,
    ]),
  );
  const second = await prepare({ confirm: () => Promise.reject(new Error('nothing to confirm')) });
  expect(second.done).toBe(0);
  expect(second.plan.hosts.every(({ steps, byHand }) => steps.length + byHand.length === 0)).toBe(true);
  expect(machine(0).steps).toEqual(everything);
  expect(await readdir(folder())).toEqual(['cluster.yml']);
});

it('changes nothing without a confirmation, and to plan', async () => {
  const refused = await failureOf(prepare({ confirm: undefined }));
  expect([refused.code, refused.exitCode, refused.fix]).toEqual([
    'NOT_CONFIRMED',
    2,
    'read the steps with `rke prepare --dry-run`, then run `rke prepare --yes`',
  ]);
  expect((await failureOf(prepare({ confirm: () => Promise.resolve(false) }))).code).toBe('NOT_CONFIRMED');
  const { plan, unreached } = await planPrepare(optionsOf());
  expect(plan.hosts).toHaveLength(3);
  expect(unreached).toEqual([]);
  expect(addresses.flatMap((_, index) => machine(index).steps)).toEqual([]);
});

it('contacts only the named nodes', async () => {
  const { plan } = await prepare({ nodes: ['10.0.0.2'] });
  expect(plan.hosts.map(({ address }) => address)).toEqual(['10.0.0.2']);
  expect([machine(0).connections, machine(1).connections]).toEqual([0, 2]);
  expect((await failureOf(prepare({ nodes: ['10.0.0.4'] }))).exitCode).toBe(2);
});

it('leaves a host without root alone, and prepares the others', async () => {
  machine(0).hasSudo = false;
  const { plan, done } = await prepare();
  expect(done).toBe(6);
  expect(machine(0).steps).toEqual([]);
  expect(plan.hosts[0]?.byHand.map(({ part }) => part)).toEqual(['root']);
});

describe('a host fails', () => {
  it('at a step: the others are done, and it is left there with the command and its last lines', async () => {
    machine(1).instead.set('docker', () => ({
      code: 100,
      stdout: '+ apt-get -q update\nErr:1 http://deb.debian.org\nE: no network\n',
      stderr: '',
    }));
    const error = await failureOf(prepare());
    expect(error).toMatchObject({ exitCode: 9, hasBegun: true });
    expect(failuresOf(error)).toEqual([
      '10.0.0.2 PREPARE_FAILED cannot install Docker 20.10: `apt-get -q update` failed with exit code 100',
    ]);
    const [failure] = error instanceof RunFailedError ? error.failures : [];
    const { evidence, fix } = describeError(failure?.error);
    expect(evidence).toEqual(['Err:1 http://deb.debian.org', 'E: no network']);
    expect(fix).toContain('sudo dpkg --configure -a');
    expect(fix).toContain('/var/log/rke-prepare-docker.log');
    expect(operations('10.0.0.2')).toEqual([
      'operation-started docker',
      'operation-failed docker',
      'operation-skipped docker-service',
      'operation-skipped docker-group',
    ]);
    expect([machine(0).steps, machine(1).steps]).toEqual([everything, ['sudo docker']]);
    machine(1).instead.clear();
    expect((await prepare()).done).toBe(3);
  });

  it('because a step has no effect', async () => {
    machine(0).docker = '20.10.5';
    machine(0).instead.set('docker-service', () => ({ code: 0, stdout: '', stderr: '' }));
    const [first] = failuresOf(await failureOf(prepare({ nodes: ['10.0.0.1'] })));
    expect(first).toBe(
      '10.0.0.1 PREPARE_FAILED cannot start Docker, now and at boot: its commands succeeded, but without effect (expected: dockerd runs)',
    );
  });

  it('because its connection is lost during a step', async () => {
    machine(0).instead.set('docker', () => Promise.reject(new Error('connection reset')));
    const error = await failureOf(prepare());
    expect(error.exitCode).toBe(9);
    expect(failuresOf(error)).toEqual(['10.0.0.1 TRANSPORT_FAILED transport: connection reset']);
  });

  it('because it cannot be reached, with exit code 9 if others are done and 5 if none is', async () => {
    machine(2).isDown = true;
    const error = await failureOf(prepare());
    expect(error.exitCode).toBe(9);
    expect(failuresOf(error)).toEqual(['10.0.0.3 TRANSPORT_FAILED transport: no route to host']);
    // The others have nothing to do, and then none is reached: nothing was started that another run would continue.
    expect(await failureOf(prepare())).toMatchObject({ exitCode: 9, hasBegun: false });
    for (const one of machines.values()) one.isDown = true;
    expect(await failureOf(prepare())).toMatchObject({ exitCode: 5, hasBegun: false });
  });

  it('because its shell prints nothing, which is not taken for a host that lacks nothing', async () => {
    Object.assign(machine(0), { connection: () => ({ ...new FakeMachine().connection(), exec: silent }) });
    const { plan, unreached } = await planPrepare(optionsOf());
    expect(unreached.map(({ host }) => host)).toEqual(['10.0.0.1']);
    expect(plan.unreached[0]?.code).toBe('SSH_COMMAND');
  });
  const silent = (): Promise<{ code: number; stdout: string; stderr: string }> =>
    Promise.resolve({ code: 0, stdout: '', stderr: '' });
});

describe('Ctrl-C', () => {
  it('completes the running step and its check, starts no other, and the next run continues', async () => {
    const stop = new AbortController();
    const hosts = machine(0);
    hosts.instead.set('docker', () => {
      stop.abort(new CancelledError());
      Object.assign(hosts, { docker: '20.10.24', isRunning: true });
      return { code: 0, stdout: '', stderr: '' };
    });
    const error = await failureOf(prepare({ nodes: ['10.0.0.1'], signal: stop.signal }));
    expect(error.exitCode).toBe(130);
    expect(operations('10.0.0.1')).toEqual([
      'operation-started docker',
      'operation-finished docker',
      'operation-skipped docker-service',
      'operation-skipped docker-group',
    ]);
    hosts.instead.clear();
    const { plan, done } = await prepare({ nodes: ['10.0.0.1'] });
    expect(plan.hosts[0]?.steps.map(({ part }) => part)).toEqual(['docker-group']);
    expect(done).toBe(1);
  });

  it('after a failure reports both', async () => {
    const stop = new AbortController();
    machine(0).instead.set('docker', () => {
      stop.abort(new CancelledError());
      return { code: 1, stdout: '', stderr: '' };
    });
    const error = await failureOf(prepare({ nodes: ['10.0.0.1'], signal: stop.signal }));
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error.exitCode).toBe(130);
  });
});
