import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/core/nearest.js';

describe('nearest', () => {
  it.each([
    ['controller', ['controlplane', 'etcd', 'worker'], 'controlplane'],
    ['rloe', ['role', 'user'], 'role'],
    [
      'service-cluster-ip-range',
      ['service_cluster_ip_range', 'service_node_port_range'],
      'service_cluster_ip_range',
    ],
    ['mtx', ['mtu', 'plugin'], 'mtu'],
    ['extra_arg', ['extra_args_array', 'extra_args'], 'extra_args'],
    ['sshKey', ['ssh_cert', 'ssh_key'], 'ssh_key'],
  ])('finds for %s among %j: %s', (word, candidates, meant) => {
    expect(nearest(word, candidates)).toBe(meant);
  });

  it('finds nothing that is far away', () => {
    expect(nearest('rabbits', ['nodes', 'dns', 'network'])).toBeUndefined();
    expect(nearest('a'.repeat(1_000_000), ['a', 'nodes'])).toBeUndefined();
  });
});

describe('didYouMean', () => {
  it('lists all that are equally near', () => {
    expect(didYouMean('fid', ['uid', 'gid', 'path'])).toBe('; did you mean "uid" or "gid"?');
  });

  it('is empty if nothing is near', () => {
    expect(didYouMean('rabbits', ['uid', 'gid'])).toBe('');
  });
});
