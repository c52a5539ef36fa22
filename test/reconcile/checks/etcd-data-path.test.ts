import { expect, it } from 'vitest';
import { etcdDataPath } from '../../../src/reconcile/checks/etcd-data-path.js';
import { sampleContainer } from '../../fakes/cluster.js';

const etcd = (cmd: string[], binds: string[], prefixPath = '/'): string =>
  etcdDataPath({ prefixPath, containers: [{ ...sampleContainer('etcd'), cmd, binds }] });

const usual = '/var/lib/etcd:/var/lib/rancher/etcd/:z';

it.each([
  ['/var/lib/etcd', etcd(['etcd', '--data-dir=/var/lib/rancher/etcd/'], [usual])],
  ['/var/lib/etcd/own', etcd(['--data-dir=/var/lib/rancher/etcd/own'], [usual])],
  ['/fast', etcd(['--data-dir=/var/lib/rancher/etcd/'], [usual, '/fast:/var/lib/rancher/etcd'].slice(1))],
  ['/fast/a', etcd(['--data-dir=/data/a'], [usual, '/fast:/data:z'])],
  ['/var/lib/etcd', etcd(['--data-dir=/database'], [usual, '/fast:/data:z'])],
  ['/opt/rke/var/lib/etcd', etcdDataPath({ prefixPath: '/opt/rke', containers: [] })],
])('finds the data of etcd at %s', (path, found) => {
  expect(found).toBe(path);
});
