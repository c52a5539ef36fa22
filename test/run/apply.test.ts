import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { RunFailedError } from '../../src/core/hosts-error.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { apply, resultOf, type Decision } from '../../src/run/apply.js';
import type { ObservedRun } from '../../src/run/with-cluster.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { clusterPaths } from '../../src/state/paths.js';
import { useFolder } from '../cli/run.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

const stateNamed = (text: string): ClusterState => ({
  desiredState: { encryptionConfig: text },
  currentState: {},
});
const [desired, partial, finished] = ['desired', 'partial', 'finished'].map(stateNamed) as [
  ClusterState,
  ClusterState,
  ClusterState,
];
const remove: Operation = {
  id: 'remove:something@10.0.0.1',
  stage: 'worker',
  title: 'remove something',
  host: '10.0.0.1',
  after: [],
  kind: 'remove-container',
  name: 'something',
};

const folder = useFolder();

/** Applies one removal. @returns what was done, in order, and how it ended */
async function applyTo(
  change: Partial<Decision>,
  { fails = false } = {},
): Promise<{ done: readonly string[]; warnings: readonly unknown[]; error: unknown }> {
  const done: string[] = [];
  const paths = clusterPaths(join(folder(), 'cluster.yml'));
  const host = new FakeHost('10.0.0.1');
  host.docker.remove = () => {
    done.push(existsSync(paths.kubeconfig) ? 'removed after the kubeconfig' : 'removed');
    return fails ? Promise.reject(dockerError('PORT_IN_USE', 'no')) : Promise.resolve();
  };
  const context = fakeContext([host], { certificates: rkeBundle });
  const save = ({ desiredState }: ClusterState): Promise<boolean> => {
    const name = desiredState.encryptionConfig ?? '';
    const isNew = done.at(-1) !== `saved ${name}`;
    if (isNew) done.push(`saved ${name}`);
    return Promise.resolve(isNew);
  };
  const events = recordingSink();
  const store = { location: paths.state, save };
  const cluster = {
    ...context,
    options: { ...context, events },
    session: { spec: rkeSpec, state: undefined, store, paths },
    unreached: [],
  } as unknown as ObservedRun;
  const operations = { operations: [remove], unchanged: { containers: 0, files: 0, addons: 0 } };
  const decision: Decision = { operations, warnings: [], refusals: [], desired, finished, ...change };
  const error = await apply(cluster, decision).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const warnings = events.events.filter(({ type }) => type === 'warning');
  return { done, warnings, error };
}

describe('apply', () => {
  it('saves the desired state and the kubeconfig before the first host is changed, and the finished state at the end', async () => {
    expect(await applyTo({})).toEqual({
      done: ['saved desired', 'removed after the kubeconfig', 'saved finished'],
      warnings: [],
      error: undefined,
    });
  });

  it('does not save the finished state of a run that leaves out nodes', async () => {
    const ended = await applyTo({ isWhole: false });
    expect(ended.done).toEqual(['saved desired', 'removed after the kubeconfig']);
    expect(ended.error).toBeUndefined();
  });

  it('saves nothing and changes nothing if the decision was refused, and reports all reasons', async () => {
    const refusals = ['10.0.0.1', '10.0.0.2'].map((host) => ({
      title: 'check swap',
      host,
      error: dockerError('CHECK_SWAP', 'swap is on'),
    }));
    const warnings = [{ host: '10.0.0.1', message: 'the clock is off by 5 s' }];
    const ended = await applyTo({ refusals, warnings });
    expect(ended.done).toEqual([]);
    expect(ended.warnings).toEqual([{ type: 'warning', ...warnings[0] }]);
    expect(ended.error).toBeInstanceOf(RunFailedError);
    expect(ended.error).toMatchObject({ exitCode: 6, failures: refusals });
  });

  it('saves the partial state instead of the finished one if an operation failed', async () => {
    const stateAtEnd = () => ({ change: () => partial, needsCopy: false });
    const ended = await applyTo({ stateAtEnd }, { fails: true });
    expect(ended.done).toEqual(['saved desired', 'removed after the kubeconfig', 'saved partial']);
    expect(ended.error).toMatchObject({ exitCode: 6 });
  });

  it('has changed nothing if it only waited for what an earlier run changed', () => {
    const wait: Operation = {
      id: 'healthy:kube-scheduler@10.0.0.1',
      stage: 'controlplane',
      title: 'kube-scheduler healthy',
      host: '10.0.0.1',
      after: [],
      kind: 'await-healthy',
      checks: [],
      need: 0,
      timeoutSeconds: 60,
    };
    const session = { spec: rkeSpec, paths: clusterPaths(join(folder(), 'cluster.yml')) };
    const unchanged = { containers: 3, files: 2, addons: 1 };
    expect(resultOf({ operations: [wait], unchanged }, session)).toMatchObject({
      done: 1,
      hasChanges: false,
    });
    expect(resultOf({ operations: [wait, remove], unchanged }, session)).toMatchObject({ hasChanges: true });
  });
});
