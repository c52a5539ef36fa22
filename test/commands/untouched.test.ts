import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { runGraph } from '../../src/execute/run-graph.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { hasFailedUntouched, revertConfig } from '../../src/commands/up/untouched.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { catalog, errorsOf, specOf, three, version } from '../config/running/judge.js';
import { fakeClock } from '../fakes/clock.js';
import { observedEmpty, observedFrom, samplePlan, withSnapshots } from '../fakes/cluster.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { changed, everything } from '../reconcile/plane-helpers.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker'], ['worker']]);
const { operations } = planUp(plan, observedEmpty(plan), { addonTimeoutSeconds: 45 });

/** Runs the plan, and fails at the first operation of a kind. @returns whether the state may go back */
async function failsUntouched(kind: Operation['kind'], of = operations): Promise<boolean> {
  const outcomes = await runGraph(of, {
    events: recordingSink(),
    clock: fakeClock(),
    signal: new AbortController().signal,
    perform: (operation) => (operation.kind === kind ? Promise.reject(new Error('no')) : Promise.resolve()),
  });
  return hasFailedUntouched(of, outcomes);
}

describe('a run that fails before it changes anything', () => {
  it.each([['check-images'], ['pull-image']] as const)('at %s has touched nothing', async (kind) => {
    expect(await failsUntouched(kind)).toBe(true);
  });

  it.each([['put-files'], ['create-container'], ['await-healthy'], ['sync-node']] as const)(
    'at %s has touched something',
    async (kind) => {
      expect(await failsUntouched(kind)).toBe(false);
    },
  );

  it('at the snapshot before an upgrade has touched nothing', async () => {
    const image = (minor: number): string => `rancher/hyperkube:v1.${minor}.4-rancher1`;
    const sample = withSnapshots(samplePlan([everything, ['worker']]));
    const observed = observedFrom(changed(sample, [], image(30)));
    const upgrade = planUp(changed(sample, [], image(31)), observed, {
      addonTimeoutSeconds: 45,
      snapshot: {
        name: 'before',
        state: undefined,
      },
    });
    expect(await failsUntouched('save-snapshot', upgrade.operations)).toBe(true);
  });

  it('leaves a version that can be reverted, and its new certificates', () => {
    const secrets = { certificates: {}, encryptionConfig: '' };
    const old = three.replace(version, 'v1.29.9-rancher1-1');
    const finished = withCurrent(withDesired(undefined, specOf(old), secrets));
    const certificates = { 'kube-ca': { name: 'kube-ca' } } as never;
    const begun = withDesired(finished, specOf(three), { ...secrets, certificates });
    const judge = ({ currentState, desiredState }: typeof begun): string[] => {
      const states = { running: currentState.rkeConfig, begun: desiredState.rkeConfig };
      const loaded = loadCluster(old, { catalog, forChange: true, ...states });
      return errorsOf(loaded.ok ? loaded.warnings : loaded.diagnostics);
    };
    expect(judge(begun).join()).toContain('an unfinished run started to install');
    const back = revertConfig(begun, finished);
    expect(judge(back)).toEqual([]);
    expect(back.desiredState.certificatesBundle).toEqual(certificates);
  });
});
