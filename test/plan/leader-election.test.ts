import { describe, expect, it } from 'vitest';
import { findElectionSeconds, findLease } from '../../src/plan/components/leader-election.js';

const name = 'kube-controller-manager';
const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-system', name };
const component = (image: string, ...flags: string[]): Parameters<typeof findLease>[0] => ({
  name,
  image: `rancher/hyperkube:${image}`,
  entrypoint: ['/opt/rke-tools/entrypoint.sh', name, ...flags],
});

describe('the Lease of a component', () => {
  it.each([
    ['from 1.20 on', component('v1.20.15-rancher1', '--leader-elect=true'), lease],
    [
      'but not before, when another object decides',
      component('v1.19.16-rancher1', '--leader-elect=true'),
      undefined,
    ],
    ['but not without an election', component('v1.31.1-rancher1', '--leader-elect=false'), undefined],
    [
      'the last flag counts',
      component('v1.31.1-rancher1', '--leader-elect=true', '--leader-elect=false'),
      undefined,
    ],
    ['but not if nothing asks for one', component('v1.31.1-rancher1'), undefined],
    [
      'but not if flags choose another object',
      component('v1.31.1-rancher1', '--leader-elect=true', '--leader-elect-resource-name=mine'),
      undefined,
    ],
  ])('is known %s', (_, given, expected) => {
    expect(findLease(given)).toEqual(expected);
  });
});

it('an election takes as long as the lease and two retries', () => {
  expect(findElectionSeconds([])).toBe(20);
  expect(findElectionSeconds(['--leader-elect-lease-duration=1m', '--leader-elect-retry-period=5s'])).toBe(
    71,
  );
});
