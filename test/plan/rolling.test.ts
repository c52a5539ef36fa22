import { describe, expect, it } from 'vitest';
import type { ClusterSpec, Role } from '../../src/config/cluster-spec.js';
import { countAtOnce, planRolling } from '../../src/plan/rolling.js';
import { samplePlan } from '../fakes/cluster.js';
import { sampleSpec } from './addons/sample-spec.js';

describe('countAtOnce', () => {
  it.each([
    ['3', 10, 3],
    ['10%', 10, 1],
    ['10%', 39, 3],
    ['10%', 5, 1],
    ['100%', 7, 7],
    ['60', 1000, 50],
    ['50%', 1000, 50],
    [undefined, 10, 1],
  ])('%s of %i workers are %i', (value, all, count) => {
    expect(countAtOnce(value, all)).toBe(count);
  });
});

describe('planRolling', () => {
  const rolling = (roles: readonly Role[][], upgradeStrategy: ClusterSpec['upgradeStrategy']) => {
    const nodes = samplePlan(roles).nodes.map(({ node }) => node);
    return planRolling({ ...sampleSpec(), nodes, ...(upgradeStrategy && { upgradeStrategy }) });
  };
  const controlPlanes = (count: number): Role[][] => Array.from({ length: count }, () => ['controlplane']);

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [5, 2],
    [6, 2],
    [7, 3],
  ])('leaves a majority of %i control planes alone: %i at once', (count, atOnce) => {
    const { controlPlanesAtOnce } = rolling(controlPlanes(count), { maxUnavailableControlplane: '100%' });
    expect(controlPlanesAtOnce).toBe(atOnce);
  });

  it('takes control planes one at a time by default', () => {
    expect(rolling(controlPlanes(5), undefined)).toMatchObject({ controlPlanesAtOnce: 1, drains: false });
  });

  it('counts every host with the role worker', () => {
    const roles: Role[][] = [['controlplane', 'worker'], ['etcd', 'worker'], ['worker'], ['worker']];
    expect(rolling(roles, { maxUnavailableWorker: '50%' }).workersAtOnce).toBe(2);
  });

  it('ignores DaemonSets if the key is not set, the same as RKE v1', () => {
    const drainOf = (nodeDrainInput: Readonly<Record<string, unknown>>) =>
      rolling([['worker']], { drain: true, nodeDrainInput });
    expect(drainOf({ force: true, gracePeriod: 7, timeout: 9 })).toMatchObject({
      drains: true,
      drain: { force: true, ignoreDaemonSets: true, gracePeriodSeconds: 7, timeoutSeconds: 9 },
    });
    expect(drainOf({ ignoreDaemonSets: false }).drain.ignoreDaemonSets).toBe(false);
  });
});
