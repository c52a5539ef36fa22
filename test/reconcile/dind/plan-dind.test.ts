import { describe, expect, it } from 'vitest';
import { describeDindStep, type DindObserved } from '../../../src/reconcile/dind/dind-steps.js';
import { planDindLeaving, planDindRemove, planDindStart } from '../../../src/reconcile/dind/plan-dind.js';

const settings = { image: 'docker:24.0.9-dind', dnsServers: ['192.0.2.53'] };
const node = (number: number): { address: string; name: string } => ({
  address: `10.153.0.${10 + number}`,
  name: `node${number}`,
});

/** Containers of nodes; negative numbers are stopped. */
function observed(...numbers: readonly number[]): DindObserved {
  const containers = numbers.map((number) => {
    const { address, name } = node(Math.abs(number));
    return { address, name, container: `rke-dind-${address}`, isRunning: number > 0 };
  });
  return { containers, hasNetwork: numbers.length > 0, hasImage: numbers.length > 0 };
}

describe('planning node containers', () => {
  it.each([
    [
      'creates everything for a new cluster',
      [1, 2],
      observed(),
      [
        'pull image docker:24.0.9-dind on this machine',
        'create network rke-dind (10.153.0.0/24)',
        'create container rke-dind-10.153.0.11 as node node1',
        'create container rke-dind-10.153.0.12 as node node2',
      ],
    ],
    ['does nothing if all run', [1, 2], observed(1, 2), []],
    ['adds one', [1, 2], observed(1), ['create container rke-dind-10.153.0.12 as node node2']],
    ['starts what was stopped', [1, 2], observed(1, -2), ['start container rke-dind-10.153.0.12']],
    [
      'starts a node that leaves, to be drained',
      [1],
      observed(1, -2),
      ['start container rke-dind-10.153.0.12'],
    ],
  ])('%s', (_, numbers, found, titles) => {
    const steps = planDindStart('rke-dind', numbers.map(node), found, settings);
    expect(steps.map(describeDindStep)).toEqual(titles);
  });

  it('removes the containers of nodes that left, and no others', () => {
    const steps = planDindLeaving('rke-dind', [node(1), node(3)], observed(1, 2, 3));
    expect(steps).toEqual([{ kind: 'remove-node', cluster: 'rke-dind', container: 'rke-dind-10.153.0.12' }]);
  });

  it('removes a cluster with its network, also what is stopped', () => {
    expect(planDindRemove('rke-dind', observed(1, -2)).map(describeDindStep)).toEqual([
      'remove container rke-dind-10.153.0.11 and its volumes',
      'remove container rke-dind-10.153.0.12 and its volumes',
      'remove network rke-dind',
    ]);
    expect(planDindRemove('rke-dind', observed())).toEqual([]);
  });
});
