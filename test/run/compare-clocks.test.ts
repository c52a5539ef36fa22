import { describe, expect, it } from 'vitest';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { compareClocks } from '../../src/run/certificates/compare-clocks.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker'], ['worker']]);
const signed: CertificateBundle = {
  ...rkeBundle,
  'kube-admin': { ...rkeBundle['kube-proxy'], name: 'kube-admin' } as CertificateBundle[string],
};

/** The second host's clock is ahead of ours by so many milliseconds. */
function compare(offset: number, certificates: CertificateBundle): ReturnType<typeof recordingSink> {
  const events = recordingSink();
  const facts = { disks: {}, modules: new Map<string, boolean>() };
  const clocks = plan.nodes.map(({ node }, index) => {
    const clock = { offset: index === 1 ? offset : 0, uncertainty: 5 };
    return [node.address, { ...facts, clock }] as const;
  });
  const state = { desiredState: { certificatesBundle: rkeBundle }, currentState: {} };
  const found = { spec: rkeSpec, plan, observed: observedFrom(plan), operations: [], state };
  compareClocks({ ...found, facts: new Map(clocks), certificates }, events);
  return events;
}

describe('clocks of hosts', () => {
  it.each([-3_600_000, 90_000])(
    'stop a run that has signed certificates if one is off by %d ms',
    (offset) => {
      expect(() => compare(offset, signed)).toThrow(
        expect.objectContaining({
          exitCode: 6,
          failures: [
            expect.objectContaining({
              host: '10.0.0.2',
              error: expect.objectContaining({ code: 'CHECK_CLOCK' }) as Error,
            }),
          ],
        }) as Error,
      );
    },
  );

  it('are warned of if they are a little off', () => {
    expect(compare(5000, signed).events).toMatchObject([{ type: 'warning', host: '10.0.0.2' }]);
  });

  it('do not stop a run that has signed nothing', () => {
    expect(compare(3_600_000, rkeBundle).events).toEqual([]);
  });
});
