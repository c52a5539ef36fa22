import { describe, expect, it } from 'vitest';
import { choosePlace, dindFile, isDindCluster, resizeDindText } from '../../../src/config/write/dind-file.js';

const place = { cluster: 'rke-dind', subnet: '10.153.0.0/24' };
const version = 'v1.30.5-rancher1-1';

const addressesOf = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/address: (10\.153\.\d+\.\d+)/g)].map(([, address = '']) => address);
const listOf = (text: string): { address: string }[] => addressesOf(text).map((address) => ({ address }));

describe('the cluster.yml of --dind', () => {
  it.each([
    [1, ['controlplane, etcd, worker']],
    [2, ['controlplane, etcd, worker', 'worker']],
    [3, Array.from({ length: 3 }, () => 'controlplane, etcd, worker')],
    [6, [...Array.from({ length: 3 }, () => 'controlplane, etcd'), 'worker', 'worker', 'worker']],
  ])('gives %i nodes the roles of rke config init', (count, roles) => {
    const text = dindFile(place, count, version);
    expect([...text.matchAll(/role: \[([^\]]*)\]/g)].map(([, found]) => found)).toEqual(roles);
    expect(isDindCluster('rke-dind', listOf(text))).toBe(true);
  });

  it.each([
    ['nothing', [], [], 'rke-dind', '10.153.0.0/24'],
    ['another cluster', ['rke-dind'], ['10.153.0.0/24'], 'rke-dind-2', '10.153.1.0/24'],
    ['a network of somebody else', [], ['10.153.0.128/25', '10.153.1.7/16'], undefined, undefined],
    ['ranges of IPv6', [], ['fd00::/8'], 'rke-dind', '10.153.0.0/24'],
  ])('takes a free name and network beside %s', (_, names, ranges, cluster, subnet) => {
    expect(choosePlace({ names, ranges })).toEqual(cluster === undefined ? undefined : { cluster, subnet });
  });

  it.each([
    ['another name', 'local', ['10.153.0.11']],
    ['another network', 'rke-dind', ['10.153.0.11', '10.0.0.12']],
    ['no node', 'rke-dind', []],
  ])('does not take a file with %s for one of --dind', (_, cluster, addresses) => {
    expect(
      isDindCluster(
        cluster,
        addresses.map((address) => ({ address })),
      ),
    ).toBe(false);
  });
});

describe('resizing it', () => {
  const text = dindFile(place, 3, version);

  it('adds workers and keeps the rest', () => {
    const after = resizeDindText(text, { nodes: listOf(text), taken: [], count: 4 });
    expect(addressesOf(after).at(-1)).toBe('10.153.0.14');
    expect(after).toContain('hostname_override: node4');
    expect(after?.match(/controlplane/g)).toHaveLength(3);
  });

  it('does not give a node the address of a container that is still there', () => {
    const after = resizeDindText(text, { nodes: listOf(text), taken: ['10.153.0.14'], count: 4 });
    expect(addressesOf(after).at(-1)).toBe('10.153.0.15');
  });

  it('removes the last ones', () => {
    const after = resizeDindText(text, { nodes: listOf(text), taken: [], count: 1 });
    expect(addressesOf(after)).toEqual(['10.153.0.11']);
  });

  it('changes nothing for the same number', () => {
    expect(resizeDindText(text, { nodes: listOf(text), taken: [], count: 3 })).toBe(text);
  });

  it('reports a form that it cannot edit', () => {
    const flow = 'nodes: [{ address: 10.153.0.11, role: [etcd] }]\n';
    expect(resizeDindText(flow, { nodes: listOf(flow), taken: [], count: 2 })).toBeUndefined();
  });
});
