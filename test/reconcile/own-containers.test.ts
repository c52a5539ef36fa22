import { describe, expect, it } from 'vitest';
import { isOwnContainer, isRkeName } from '../../src/reconcile/diff/own-containers.js';
import { listenerNames } from '../../src/reconcile/diff/listeners.js';
import { inspected } from './left-by-rke.js';

const label = (name: string): Record<string, string> => ({ 'io.rancher.rke.container.name': name });
const images = [
  'rancher/rke-tools:v0.1.103',
  'rancher/mirrored-coreos-etcd:v3.5.12',
  'reg.local:5000/mine/hyperkube:v1',
];

describe('a container with a name of RKE', () => {
  it.each([
    ['with the label', { name: 'nginx-proxy', image: 'anything', labels: label('nginx-proxy') }, true],
    ['of the generation before', { name: 'old-etcd', image: 'sha256:1', labels: label('etcd') }, true],
    ['with the label of another', { name: 'etcd', image: 'bitnami/etcd', labels: label('kubelet') }, false],
    [
      'with an image of the cluster',
      { name: 'etcd-rolling-snapshots', image: 'rancher/rke-tools:v0.1.80', labels: {} },
      true,
    ],
    [
      'of a mirror',
      { name: 'cert-deployer', image: 'harbor.local/proxy/rancher/rke-tools:v1', labels: {} },
      true,
    ],
    [
      'with the image before a move to a mirror',
      { name: 'file-deployer', image: 'mine/hyperkube:v0', labels: {} },
      true,
    ],
    [
      'with an image by digest',
      { name: 'etcd', image: 'rancher/mirrored-coreos-etcd@sha256:12', labels: {} },
      true,
    ],
    ['of someone else', { name: 'nginx-proxy', image: 'jwilder/nginx-proxy', labels: {} }, false],
    [
      'of someone else, of the same last name',
      { name: 'etcd', image: 'bitnami/etcd:3.5', labels: {} },
      false,
    ],
    [
      'of someone else, of a name that ends alike',
      { name: 'etcd', image: 'mirrored-coreos-etcd', labels: {} },
      false,
    ],
    [
      'of someone else, with labels',
      { name: 'kubelet', image: 'busybox', labels: { app: 'kubelet' } },
      false,
    ],
  ])('%s is ours: %j is %s', (_what, container, expected) => {
    expect(isOwnContainer(container, images)).toBe(expected);
  });

  it('may be any that RKE gives', () => {
    for (const name of [
      'etcd',
      'old-kubelet',
      'new-kubelet',
      'cluster-state-deployer',
      'etcd-Serve-backup',
      ...listenerNames,
    ])
      expect(isRkeName(name), name).toBe(true);
    for (const name of ['my-nginx-proxy', 'k8s_POD_x', 'old-web', 'new-web', 'etcd2', 'rke'])
      expect(isRkeName(name), name).toBe(false);
  });
});

it('every container of a cluster that RKE made is ours, its snapshots without a label too', () => {
  const all = inspected.flat() as unknown as {
    readonly Name: string;
    readonly Config: { readonly Image: string; readonly Labels: Record<string, string> | null };
  }[];
  expect(all.length).toBeGreaterThan(20);
  for (const { Name, Config } of all) {
    const name = Name.slice(1);
    const own = { name, image: Config.Image, labels: Config.Labels ?? {} };
    expect(isRkeName(name) && isOwnContainer(own, []), name).toBe(true);
  }
});
