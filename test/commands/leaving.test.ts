import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { listGone } from '../../src/commands/up/leaving.js';
import type { Outcomes } from '../../src/execute/outcome.js';
import { listLeavingNodes, planLeavingNodes } from '../../src/plan/leaving-nodes.js';
import type { CheckFacts } from '../../src/reconcile/checks/facts.js';
import type { Operation } from '../../src/reconcile/operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { a, b, c, catalog, d, node, specOf, yml } from '../config/running/judge.js';
import { observedFrom, sampleFacts } from '../fakes/cluster.js';
import { decideFrom } from './decide-from.js';

const first = node(a, 'role: [controlplane, etcd]');
const worker = (address: string): string => node(address, 'role: [worker]');
const stateOf = (spec: ClusterSpec, before?: ClusterState): ClusterState =>
  withDesired(before, spec, { certificates: {}, encryptionConfig: '' });
const addresses = (half: ClusterState['currentState']): string[] | undefined =>
  half.rkeConfig?.nodes.map(({ address }) => address);

const whole = specOf(yml([first, worker(b), worker(c)]));
const left = specOf(yml([first, worker(b)]));

interface Situation {
  readonly state?: ClusterState;
  readonly observed?: (all: ObservedCluster) => ObservedCluster;
  readonly facts?: ReadonlyMap<string, CheckFacts>;
}

/** `rke up` with a file without one worker, in a cluster that has it. */
function up(
  spec: ClusterSpec,
  { state = withCurrent(stateOf(whole)), observed = (all) => all, facts = new Map() }: Situation = {},
) {
  const earlier = { running: state.currentState.rkeConfig, begun: state.desiredState.rkeConfig };
  const leaving = listLeavingNodes(spec, earlier);
  const hostFacts = new Map([a, b, c, d].map((address) => [address, sampleFacts]));
  const inputs = { certificates: {}, encryptionConfig: '' };
  const all = planCluster({ spec: whole, catalog }, hostFacts, inputs);
  const plan = {
    ...planCluster({ spec, catalog }, hostFacts, inputs),
    leaving: planLeavingNodes(leaving, hostFacts, { spec, ...earlier }),
  };
  return decideFrom(plan, { spec, state, observed: observed(observedFrom(all)), facts });
}

/** The outcomes of a run that fails at some operations. */
function outcomesOf(
  { operations }: { readonly operations: readonly { readonly id: string }[] },
  ...failing: string[]
): Outcomes {
  return new Map(
    operations.map(({ id }) => [
      id,
      failing.includes(id) ? { status: 'failed', error: new Error('no') } : { status: 'done' },
    ]),
  );
}

describe('rke up without a node of the running cluster', () => {
  it('drains it, deletes it and cleans its host, and forgets it at the end', () => {
    const { operations, desired, finished, refusals, stateAtEnd } = up(left);
    expect(refusals).toEqual([]);
    expect(operations.operations.map(({ id }) => id)).toEqual(
      expect.arrayContaining([`cordon@${c}`, `drain@${c}`, `delete-node@${c}`, `clean@${c}`]),
    );
    expect(addresses(desired.currentState)).toEqual([a, b, c]);
    expect(addresses(desired.desiredState)).toEqual([a, b]);
    expect(addresses(finished.currentState)).toEqual([a, b]);
    const end = stateAtEnd?.({ outcomes: outcomesOf(operations), isStopped: false });
    expect(end?.change?.(desired)).toEqual(finished);
  });

  it('keeps one that only an unfinished run knows in the desired state until it is gone', () => {
    const state = stateOf(whole, withCurrent(stateOf(left)));
    const { desired, finished } = up(left, { state });
    expect(addresses(desired.desiredState)).toEqual([a, b, c]);
    expect(addresses(finished.desiredState)).toEqual([a, b]);
    expect(addresses(finished.currentState)).toEqual([a, b]);
  });

  it.each([
    ['it was done', [], [a, b]],
    ['the host is not clean', [`clean@${c}`], [a, b, c]],
    ['the node was not deleted', [`delete-node@${c}`], [a, b, c]],
    ['the drain failed', [`drain@${c}`, `delete-node@${c}`, `clean@${c}`], [a, b, c]],
  ])('forgets it in a run that does not finish only when it is gone: %s', (_, failing, kept) => {
    const without = ({ hosts, ...all }: ObservedCluster): ObservedCluster => ({
      ...all,
      hosts: new Map([...hosts].filter(([address]) => address !== b)),
    });
    const { operations, desired, stateAtEnd, isWhole } = up(left, { observed: without });
    expect(isWhole).toBe(false);
    const end = stateAtEnd?.({ outcomes: outcomesOf(operations, ...failing), isStopped: false });
    expect(addresses((end?.change?.(desired) ?? desired).currentState)).toEqual(kept);
    expect(end?.needsCopy).toBe(kept.length === 2);
  });

  it('is refused while the API cannot be read, because its pods are not known', () => {
    const { refusals } = up(left, { observed: (all) => ({ ...all, kube: undefined }) });
    expect(refusals).toMatchObject([{ host: c, error: { code: 'LEAVING_UNKNOWN', exitCode: 7 } }]);
  });

  it('is refused if its host is that of a node that stays, under another address', () => {
    const moved = specOf(yml([first, worker(b), worker(d)]));
    const machine = (machineId: string): CheckFacts => ({ machineId, hostname: machineId }) as CheckFacts;
    const facts = new Map([
      [c, machine('m')],
      [d, machine('m')],
    ]);
    expect(up(moved, { facts }).refusals[0]?.error.message).toContain(`also reached as ${d}`);
    expect(up(moved, { facts: new Map([...facts, [d, machine('other')]]) }).refusals).toEqual([]);
  });

  it('reports what stays on its host', () => {
    const foreign = [{ name: 'etcd', image: 'mine', binds: [] }];
    const { warnings } = up(left, {
      observed: ({ hosts, ...all }) => ({
        ...all,
        hosts: new Map([...hosts].map(([at, host]) => [at, at === c ? { ...host, foreign } : host])),
      }),
    });
    expect(warnings).toContainEqual({
      host: c,
      message: 'container "etcd" does not belong to the cluster (image mine) and is left alone',
    });
  });

  it('forgets a node whose host is lost when its object is deleted and etcd no longer has it', () => {
    const operation = (kind: 'delete-node' | 'remove-member') =>
      ({ id: `${kind}@${c}`, kind, host: c }) as Operation;
    const operations = [operation('delete-node'), operation('remove-member')];
    const gone = (...failing: string[]) => [
      ...listGone(operations, outcomesOf({ operations }, ...failing), [c]),
    ];
    expect(gone()).toEqual([c]);
    expect(gone(`delete-node@${c}`)).toEqual([]);
    expect(gone(`remove-member@${c}`)).toEqual([]);
    expect([...listGone([], new Map(), [c])]).toEqual([c]);
  });
});
