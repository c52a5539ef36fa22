import { describe, expect, it } from 'vitest';
import type { Outcomes } from '../../src/execute/outcome.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { decideStateAtEnd, type DecidedUp } from '../../src/commands/up/state-at-end.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { specOf, three, version } from '../config/running/judge.js';
import { fakeClock } from '../fakes/clock.js';
import { observedEmpty, samplePlan } from '../fakes/cluster.js';
import { recordingSink } from '../fakes/recording-sink.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker'], ['worker']]);
const { operations } = planUp(plan, observedEmpty(plan), { addonTimeoutSeconds: 45 });
const [old, wanted] = ['v1.29.9-rancher1-1', version];
const stateOf = (text: string, before?: ClusterState): ClusterState =>
  withDesired(before, specOf(text), { certificates: {}, encryptionConfig: '' });
const before = withCurrent(stateOf(three.replace(version, old)));
const begun = stateOf(three, before);
const finished = withCurrent(begun);

function outcomesOf(failing: Operation['kind'] | undefined): Promise<Outcomes> {
  return runGraph(operations, {
    events: recordingSink(),
    clock: fakeClock(),
    signal: new AbortController().signal,
    perform: ({ kind }) => (kind === failing ? Promise.reject(new Error('no')) : Promise.resolve()),
  });
}

/** How a run ends that fails at a kind of operation. @returns versions that the state has then, and whether it is copied */
async function end(
  failing: Operation['kind'] | undefined,
  { isStopped = false, ...changes }: Partial<DecidedUp & { isStopped: boolean }> = {},
) {
  const achieved = decideStateAtEnd({
    ...{ operations, before, finished, isWhole: true, isRollout: false, isCopyable: true },
    ...{ hasEncryptionSteps: false, ...changes },
  })({ outcomes: await outcomesOf(failing), isStopped });
  const saved = achieved.change?.(begun) ?? begun;
  const isCopied = achieved.needsCopy;
  const { desiredState, currentState } = saved;
  return {
    desired: desiredState.rkeConfig?.kubernetesVersion,
    current: currentState.rkeConfig?.kubernetesVersion,
    isRolledOut: currentState.certificatesBundle === desiredState.certificatesBundle,
    isCopied,
  };
}

describe('the state at the end of a run', () => {
  it('is finished if all operations are done on every recorded node', async () => {
    expect(await end(undefined)).toMatchObject({ desired: wanted, current: wanted });
    expect(await end(undefined, { before: undefined })).toMatchObject({ desired: wanted, current: wanted });
    expect(await end(undefined, { isWhole: false })).toMatchObject({ desired: wanted, current: old });
  });

  it.each(['check-images', 'pull-image'] as const)('is reverted if nothing was changed: %s', async (kind) => {
    expect(await end(kind)).toMatchObject({ desired: old, current: old });
    expect(await end(kind, { isStopped: true })).toMatchObject({ desired: wanted, current: old });
    expect(await end(kind, { hasEncryptionSteps: true })).toMatchObject({ desired: wanted, current: old });
  });

  it.each(['put-files', 'create-container', 'sync-node', 'apply-addon'] as const)(
    'keeps what was started: %s',
    async (kind) => {
      expect(await end(kind)).toMatchObject({ desired: wanted, current: old, isCopied: false });
    },
  );

  it('records certificates as rolled out if only an add-on failed, and updates the copy', async () => {
    const rolledOut = { desired: wanted, current: old, isRolledOut: true, isCopied: true };
    expect(await end('apply-addon', { isRollout: true })).toEqual(rolledOut);
    expect(await end('create-container', { isRollout: true })).toMatchObject({ isCopied: false });
    expect(await end('apply-addon', { isRollout: true, isCopyable: false })).toMatchObject({
      isCopied: false,
    });
  });
});
