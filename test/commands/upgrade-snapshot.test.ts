import { describe, expect, it } from 'vitest';
import { nameUpgradeSnapshot, warnOfExternalEtcd } from '../../src/commands/up/upgrade-snapshot.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { encodeState } from '../../src/state/codec.js';
import { withDesired } from '../../src/state/next-state.js';
import { specOf, three } from '../config/running/judge.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { changed, everything, up } from '../reconcile/plane-helpers.js';

const now = new Date('2026-03-04T05:06:07Z');
const hyperkube = (minor: number): string => `rancher/hyperkube:v1.${minor}.4-rancher1`;

describe('the snapshot before an upgrade', () => {
  it('has the name of its time, and the state as it was before the run', () => {
    const state = withDesired(undefined, specOf(three), { certificates: {}, encryptionConfig: '' });
    const request = nameUpgradeSnapshot({ state, now });
    expect(request?.name).toMatch(/^rke_etcd_snapshot_2026-03-0\d/);
    expect(request?.state).toBe(encodeState(state));
    expect(nameUpgradeSnapshot({ state: undefined, now })).toMatchObject({ state: undefined });
  });

  it('is not taken with --no-snapshot', () => {
    expect(nameUpgradeSnapshot({ snapshot: false, state: undefined, now })).toBeUndefined();
  });

  it('cannot be taken of external etcd, which an upgrade warns of', () => {
    const warnings = (plan: ClusterPlan, from: number, to: number): string[] => {
      const observed = observedFrom(changed(plan, [], hyperkube(from)));
      const wanted = changed(plan, [], hyperkube(to));
      return warnOfExternalEtcd(wanted, observed, up(wanted, observed)).map(({ message }) => message);
    };
    const external = samplePlan([['controlplane'], ['worker']]);
    expect(warnings(external, 30, 31)).toEqual([expect.stringContaining('etcd is external')]);
    expect(warnings(external, 30, 30)).toEqual([]);
    expect(warnings(samplePlan([everything]), 30, 31)).toEqual([]);
  });
});
