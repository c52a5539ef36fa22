import { expect, it } from 'vitest';
import { runSteps, type StepsInput } from '../../../src/commands/prepare/run-steps.js';
import { sshError, type RkeError } from '../../../src/core/errors.js';
import type { HostShell } from '../../../src/host/connect/open-shells.js';
import type { HostPreparation, PrepareStep } from '../../../src/reconcile/prepare/prepare-step.js';
import { recordingSink } from '../../fakes/recording-sink.js';
import { Lane } from '../../host/connected.js';
import { openShells } from '../../../src/host/connect/open-shells.js';

const step: PrepareStep = {
  part: 'docker',
  title: 'install Docker 20.10',
  why: 'it is needed',
  commands: ['apt-get install docker.io'],
  check: 'dockerd is there',
  limitSeconds: 0.05,
};
const nothing: HostPreparation = { steps: [], byHand: [] };

const inputWith = (shell: HostShell, more: Partial<StepsInput> = {}): StepsInput => ({
  shell,
  steps: [step],
  usesSudo: false,
  survey: () => Promise.resolve(nothing),
  events: recordingSink(),
  signal: new AbortController().signal,
  ...more,
});

it('a step that hangs ends at its limit over SSH, with the last lines that it has printed on the host', async () => {
  await using lane = await Lane.open();
  lane.sshd.run = (command) =>
    command.startsWith('tail ') ? { stdout: 'Waiting for headers\n', code: 0 } : undefined;
  await using shells = await openShells([lane.node()], {
    events: lane.sink,
    limit: 1,
    signal: new AbortController().signal,
    knownHostsFile: lane.knownHosts,
    sshConfigFile: `${lane.folder}/ssh_config`,
    systemSshDirectory: `${lane.folder}/etc`,
    keys: {},
  });
  const [shell] = shells.hosts.values();
  const error = (await runSteps(inputWith(shell as HostShell)).catch(
    (thrown: unknown) => thrown,
  )) as RkeError;
  expect(error.code).toBe('PREPARE_FAILED');
  expect(error.message).toBe('cannot install Docker 20.10: it did not end within 0.05 s, and may still run');
  expect(error.details.evidence).toEqual(['Waiting for headers']);
});

it('a step that hangs when the run is interrupted is waited for during the grace, and then left', async () => {
  const stop = new AbortController();
  const events = recordingSink();
  const shell: HostShell = {
    address: '10.0.0.1',
    read: () => Promise.reject(new Error('not asked')),
    exec: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        stop.abort(sshError('SSH_CONNECTION_LOST', 'stands for Ctrl-C'));
      }),
  };
  const done = await runSteps(inputWith(shell, { events, signal: stop.signal, graceMilliseconds: 20 }));
  expect(done).toBe(0);
  expect(events.events.map(({ type }) => type)).toEqual(['operation-started', 'operation-skipped']);
});
