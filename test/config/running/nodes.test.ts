import { describe, expect, it } from 'vitest';
import { a, all, b, c, d, errorsOf, judge, mixed, node, three, yml } from './judge.js';

describe('a changed node of a running cluster is refused, with the procedure to follow, if it has', () => {
  it.each<[what: string, before: string, after: string, told: RegExp]>([
    [
      'a removed role controlplane',
      three,
      yml([node(a), node(b), node(c, 'role: [worker, etcd]')]),
      /^nodes\[2\]\.role: the role controlplane.*; for other roles, remove the node, run `rke up`, then add it again with the role worker and etcd$/,
    ],
    [
      'a removed role worker',
      three,
      yml([node(a), node(b), node(c, 'role: [controlplane, etcd]')]),
      /^nodes\[2\]\.role: the role worker.*taints.*; for other roles, remove the node/,
    ],
    [
      'another node name',
      three,
      yml([node(a, `hostname_override: m1, role: [${all}]`), node(b), node(c)]),
      /^nodes\[0\]\.hostname_override: cannot be changed from 10\.10\.0\.11 to m1.*; remove the key; for another value, remove the node, run `rke up`, then add it again/,
    ],
    [
      'an internal address',
      three,
      yml([node(a, `internal_address: 192.168.7.11, role: [${all}]`), node(b), node(c)]),
      /^nodes\[0\]\.internal_address: .*; remove the key; for another value, remove the node, run `rke up`, then add it again/,
    ],
    [
      'another address of a node, by its internal address',
      yml([node(a), node(b, `internal_address: 10.20.0.2, role: [${all}]`), node(c)]),
      yml([node(a), node(d, `internal_address: 10.20.0.2, role: [${all}]`), node(c)]),
      /^nodes\[1\]\.address: cannot be changed from 10\.10\.0\.12 .*; to move the node, remove the node and run `rke up` while the old address works, then change the address and add the node$/,
    ],
    [
      'another address of a node, by its name',
      yml([node(a), node(b, 'hostname_override: m2, role: [worker]')]),
      yml([node(a), node(d, 'hostname_override: m2, role: [worker]')]),
      /^nodes\[1\]\.address: cannot be changed from 10\.10\.0\.12 /,
    ],
    [
      'another name of the only control plane, which others must replace first',
      mixed,
      mixed.replace('role: [controlplane, etcd]', 'hostname_override: m1, role: [controlplane, etcd]'),
      /; for another value, add another node with the role controlplane and etcd and run `rke up` first; then remove the node/,
    ],
    [
      'the role worker in exchange for another one',
      mixed,
      mixed.replace('[worker]', '[controlplane]'),
      /^nodes\[1\]\.role: the role worker cannot be removed from 10\.10\.0\.12.*then add it again with the role controlplane$/,
    ],
  ])('%s', (_what, before, after, told) => {
    const errors = errorsOf(judge(before, after));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(told);
  });
});

describe('a node of a running cluster may get', () => {
  it.each<[what: string, before: string, after: string]>([
    ['the role worker', mixed, mixed.replace('[controlplane, etcd]', '[controlplane, etcd, worker]')],
    ['the role controlplane', mixed, mixed.replace('[worker]', '[worker, controlplane]')],
    ['the role etcd', mixed, mixed.replace('[worker]', '[worker, etcd]')],
    ['the roles etcd and controlplane', mixed, mixed.replace('[worker]', '[worker, etcd, controlplane]')],
    [
      'the role controlplane in exchange for etcd',
      yml([node(a), node(b, 'role: [etcd]')]),
      yml([node(a), node(b, 'role: [controlplane]')]),
    ],
  ])('%s', (_what, before, after) => {
    expect(errorsOf(judge(before, after))).toEqual([]);
  });
});
