import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCluster } from '../../src/config/validate.js';
import type { UpDecision } from '../../src/commands/up/up-decision.js';
import { listLeavingNodes } from '../../src/plan/leaving-nodes.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { a, b, c, catalog, d, errorsOf, node, specOf, yml } from '../config/running/judge.js';
import { observedEmpty, sampleFacts } from '../fakes/cluster.js';
import { decideFrom } from './decide-from.js';

const first = node(a, 'role: [controlplane, etcd]');
const worker = (address: string): string => node(address, 'role: [worker]');

/** `rke up` on empty hosts of which some cannot be reached. */
function up(spec: ClusterSpec, state: ClusterState | undefined, away: readonly string[]): UpDecision {
  const facts = new Map(spec.nodes.map(({ address }) => [address, sampleFacts]));
  const plan = planCluster({ spec, catalog }, facts, { certificates: {}, encryptionConfig: '' });
  const empty = observedEmpty(plan);
  const hosts = new Map([...empty.hosts].filter(([address]) => !away.includes(address)));
  return decideFrom(plan, { spec, state, observed: { ...empty, hosts } });
}

/** What the next run says of a file. */
const judge = ({ desired: { currentState, desiredState } }: UpDecision, text: string): string[] => {
  const states = { running: currentState.rkeConfig, begun: desiredState.rkeConfig };
  const loaded = loadCluster(text, { catalog, forChange: true, ...states });
  return errorsOf(loaded.ok ? loaded.warnings : loaded.diagnostics);
};

/** The nodes that the next run takes out of the cluster. */
const leaving = (
  { desired: { currentState, desiredState } }: Pick<UpDecision, 'desired'>,
  text: string,
): string[] =>
  listLeavingNodes(specOf(text), { running: currentState.rkeConfig, begun: desiredState.rkeConfig }).map(
    ({ address }) => address,
  );

describe('a node that no run has reached', () => {
  const mistaken = specOf(yml([first, worker(b), worker(c)]));

  it.each([
    ['gets its right address', yml([first, worker(b), worker(d)])],
    ['is removed', yml([first, worker(b)])],
    ['stays', yml([first, worker(b), worker(c)])],
  ])('%s in cluster.yml', (_, text) => {
    expect(judge(up(mistaken, undefined, [c]), text)).toEqual([]);
  });

  it('does not keep the first run from finishing, since it is not recorded', () => {
    const { finished, isWhole } = up(mistaken, undefined, [c]);
    expect(isWhole).toBe(true);
    const { currentState } = finished;
    expect(currentState.rkeConfig?.nodes.map(({ address }) => address)).toEqual([a, b]);
    expect(leaving({ desired: finished }, yml([first]))).toEqual([b]);
  });

  it('differs from a recorded one, without which no run finishes', () => {
    expect(up(mistaken, up(mistaken, undefined, []).desired, [c]).isWhole).toBe(false);
  });

  it('is not a node that was reached once', () => {
    const met = up(mistaken, undefined, []);
    const later = up(mistaken, met.desired, [c]);
    expect(leaving(later, yml([first, worker(b)]))).toEqual([c]);
    expect(leaving(up(mistaken, undefined, [c]), yml([first, worker(b)]))).toEqual([]);
  });

  it('is recorded as soon as it is reached, and only then, whichever runs reach it', () => {
    const workers = [b, c, d];
    const spec = specOf(yml([first, ...workers.map(worker)]));
    fc.assert(
      fc.property(fc.array(fc.subarray(workers), { minLength: 1, maxLength: 4 }), (runs) => {
        let state: ClusterState | undefined;
        for (const away of runs) state = up(spec, state, away).desired;
        const met = workers.filter((one) => runs.some((away) => !away.includes(one)));
        expect(state?.desiredState.rkeConfig?.nodes.map(({ address }) => address)).toEqual([a, ...met]);
      }),
      { numRuns: 20 },
    );
  });
});
