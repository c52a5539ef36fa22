import { describe, expect, it } from 'vitest';
import { isAskedFor, isNamed, missingNodes } from './missing-nodes.js';

const node = (hostname: string, last: number) => ({ hostname, address: `172.30.0.${last}` });
const demo = [node('node-1', 11), node('node-2', 12), node('node-3', 13)];

describe('the nodes that the lab adds', () => {
  it.each([
    ['none to none', [], { nodes: 2 }, [{ hostname: 'node1' }, { hostname: 'node2' }]],
    ['what is missing', [node('node1', 11)], { nodes: 2 }, [{ hostname: 'node2' }]],
    ['nothing where enough are up', demo, { nodes: 2 }, []],
    ['the fourth of a demo under the next name', demo, { nodes: 4 }, [{ hostname: 'node-4' }]],
    ['one in a gap', [node('node2', 12)], { nodes: 2 }, [{ hostname: 'node1' }]],
    [
      'another one where none is at the address that is asked for',
      demo,
      { nodes: 1, address: '172.30.0.51' },
      [{ hostname: 'node-4', address: '172.30.0.51' }],
    ],
    [
      'those of a row of addresses that are missing',
      [node('node1', 51)],
      { nodes: 3, address: '172.30.0.50' },
      [
        { hostname: 'node2', address: '172.30.0.50' },
        { hostname: 'node3', address: '172.30.0.52' },
      ],
    ],
  ])('are %s', (_what, up, wanted, missing) => {
    expect(missingNodes(up, wanted)).toEqual(missing);
  });

  it('are listed without the nodes that run already when an address is given', () => {
    const all = [...demo, node('node-4', 51)];
    expect(all.filter((one) => isAskedFor(one, { nodes: 1, address: '172.30.0.51' }))).toEqual([all[3]]);
    expect(all.filter((one) => isAskedFor(one, { nodes: 1 }))).toEqual(all);
  });

  it('are selected by number or name', () => {
    expect(isNamed(node('node-2', 1), '2')).toBe(true);
    expect(isNamed(node('node2', 1), '2')).toBe(true);
    expect(isNamed(node('gate', 1), 'gate')).toBe(true);
    expect(isNamed(node('node12', 1), '2')).toBe(false);
  });
});
