import { describe, expect, it } from 'vitest';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { clockResults } from '../../src/run/certificates/clock-checks.js';
import type { CheckResult } from '../../src/reconcile/checks/check-result.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker'], ['worker']]);
const signed: CertificateBundle = {
  ...rkeBundle,
  'kube-admin': { ...rkeBundle['kube-proxy'], name: 'kube-admin' } as CertificateBundle[string],
};

/** Checks hosts of which the clock of the second one is ahead of ours by so many milliseconds. */
function check(offset: number, certificates: CertificateBundle): CheckResult[] {
  const facts = { disks: {}, modules: new Map<string, boolean>() };
  const clocks = plan.nodes.map(({ node }, index) => {
    const clock = { offset: index === 1 ? offset : 0, uncertainty: 5 };
    return [node.address, { ...facts, clock }] as const;
  });
  const state = { desiredState: { certificatesBundle: rkeBundle }, currentState: {} };
  const found = { spec: rkeSpec, plan, observed: observedFrom(plan), operations: [], state };
  return clockResults({ ...found, facts: new Map(clocks), certificates }).filter(
    ({ status }) => status !== 'ok',
  );
}

describe('clock checks', () => {
  it.each([-3_600_000, 90_000])(
    'fail a run that has signed certificates if a clock is off by %d ms',
    (offset) => {
      expect(check(offset, signed)).toMatchObject([{ host: '10.0.0.2', check: 'clock', status: 'failed' }]);
    },
  );

  it('warn if a clock is a little off', () => {
    expect(check(5000, signed)).toMatchObject([{ host: '10.0.0.2', status: 'warning' }]);
  });

  it('are skipped if the run has signed no certificates', () => {
    expect(check(3_600_000, rkeBundle)).toEqual([]);
  });
});
