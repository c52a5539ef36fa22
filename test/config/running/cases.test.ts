import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../../src/config/validate.js';
import { a, b, c, catalog, d, errorsOf, judge, mixed, node, specOf, three, version, yml } from './judge.js';

describe('a running cluster refuses', () => {
  it.each<[what: string, before: string, after: string, told: RegExp]>([
    [
      'other etcd hosts, of which none runs',
      yml([node(a), node(b, 'role: [controlplane, worker]')]),
      yml([node(b, `role: [controlplane, worker]`), node(c)]),
      /^nodes: no etcd member of the running cluster would stay \(10\.10\.0\.11\)/,
    ],
    [
      'the role etcd only on nodes that had other roles',
      mixed,
      mixed.replace('[controlplane, etcd]', '[controlplane]').replace('[worker]', '[etcd, worker]'),
      /^nodes: no etcd member of the running cluster would stay/,
    ],
    [
      'a removed control plane, of which none of the others runs',
      yml([node(a, 'role: [etcd]'), node(b, 'role: [controlplane]')]),
      yml([node(a, 'role: [etcd]'), node(c, 'role: [controlplane]')]),
      /^nodes: 10\.10\.0\.12 is missing, and no control plane of the running cluster would stay/,
    ],
    [
      'other addresses',
      three,
      three.replaceAll('10.10.', '10.20.'),
      /^nodes: no etcd member of the running cluster would stay \(10\.10\.0\.11, 10\.10\.0\.12, 10\.10\.0\.13\)/,
    ],
    [
      'another prefix',
      three,
      `${three}prefix_path: /mnt/fast\n`,
      /^prefix_path: cannot be changed from \/ to \/mnt\/fast.*set it back to \//,
    ],
    [
      'a network plugin',
      three,
      three.replace('plugin: flannel', 'plugin: canal'),
      /^network\.plugin: .*set it back to flannel/,
    ],
    [
      'the default plugin of a file without the key',
      three,
      three.replace('network: { plugin: flannel }\n', ''),
      /^network\.plugin: not set, so the default of RKE v1 \(canal\) applies, but .*set it to flannel/,
    ],
    [
      'an older minor',
      three,
      three.replace(version, 'v1.29.9-rancher1-1'),
      /^kubernetes_version: .*cannot be downgraded.*; keep v1\.30\.4/,
    ],
    [
      'a cloud provider that names nodes',
      three,
      `${three}cloud_provider: { name: openstack }\n`,
      /^cloud_provider\.name: /,
    ],
  ])('%s', (_what, before, after, told) => {
    expect(
      errorsOf(judge(before, after)).some((line) => told.test(line)),
      errorsOf(judge(before, after)).join('\n'),
    ).toBe(true);
  });

  it.each<[service: string, value: string, told: RegExp]>([
    [
      'kube-controller: { cluster_cidr: 10.52.0.0/16 }',
      '',
      /^services\.kube-controller\.cluster_cidr: .*10\.42\.0\.0\/16/,
    ],
    [
      'kube-controller: { extra_args: { cluster-cidr: 10.52.0.0/16 } }',
      '',
      /^services\.kube-controller\.extra_args\.cluster-cidr: .*from 10\.42/,
    ],
    [
      'kube-controller: { extra_args: { cluster_cidr: 10.52.0.0/16 } }',
      '',
      /^services\.kube-controller\.extra_args\.cluster_cidr: /,
    ],
    [
      'kube-controller: { extra_args_array: { node-cidr-mask-size: ["25"] } }',
      '',
      /extra_args_array\.node-cidr-mask-size: /,
    ],
    ['kubelet: { cluster_domain: corp.local }', '', /^services\.kubelet\.cluster_domain: /],
    [
      'kubelet: { extra_args: { cluster-dns: 10.43.0.20 } }',
      '',
      /^services\.kubelet\.extra_args\.cluster-dns: /,
    ],
    [
      'kubelet: { extra_args: { hostname-override: other } }',
      '',
      /^services\.kubelet\.extra_args\.hostname-override: /,
    ],
    ['kubelet: { cluster_dns_server: 10.43.0.20 }', '', /^services\.kubelet\.cluster_dns_server: /],
    [
      'kube-api: { service_cluster_ip_range: 10.53.0.0/16 }',
      '',
      /^services\.kube-api\.service_cluster_ip_range: /,
    ],
    [
      'kube-api: { extra_args: { etcd-servers: "https://other:2379" } }',
      '',
      /^services\.kube-api\.extra_args\.etcd-servers: /,
    ],
    ['etcd: { path: /other }', '', /^services\.etcd\.path: /],
    [
      'etcd: { extra_args: { data-dir: /var/lib/rancher/etcd/new } }',
      '',
      /^services\.etcd\.extra_args\.data-dir: cannot be changed from \/var\/lib\/rancher\/etcd to/,
    ],
    ['etcd: { extra_args: { initial-cluster-token: other } }', '', /initial-cluster-token: /],
    [
      'etcd: { extra_args: { force-new-cluster: "true" } }',
      '',
      /force-new-cluster: cannot be set to true.*remove the key/,
    ],
    ['etcd: { extra_args_array: { listen-peer-urls: ["https://10.0.0.1:2380"] } }', '', /listen-peer-urls: /],
    ['etcd: { extra_env: [ETCD_WAL_DIR=/wal] }', '', /^services\.etcd\.extra_env: ETCD_WAL_DIR /],
    [
      'etcd: { extra_binds: ["/mnt/fast:/var/lib/rancher/etcd/member"] }',
      '',
      /^services\.etcd\.extra_binds: /,
    ],
  ])('services: { %s }', (service, _value, told) => {
    const found = errorsOf(judge(three, `${three}services: { ${service} }\n`));
    expect(
      found.some((line) => told.test(line)),
      found.join('\n'),
    ).toBe(true);
  });

  it('another Service range, without advice to change cluster_dns_server', () => {
    const ranges = '{ service_cluster_ip_range: 10.53.0.0/16 }';
    const after = `${three}services: { kube-api: ${ranges}, kube-controller: ${ranges} }\n`;
    expect(judge(three, after).map(({ path }) => path)).toEqual([
      'services.kube-api.service_cluster_ip_range',
      'services.kube-controller.service_cluster_ip_range',
    ]);
  });

  it('an older etcd, and a Kubernetes image of another minor version', () => {
    const image = specOf(three).systemImages['etcd'] ?? '';
    const etcd = image.replace(/:.*/, ':v3.4.3');
    expect(errorsOf(judge(three, `${three}system_images: { etcd: "${etcd}" }\n`))[0]).toMatch(
      /^system_images\.etcd: .*cannot read its data/,
    );
    const kubernetes = `${three}system_images: { kubernetes: "rancher/hyperkube:v1.28.14-rancher1" }\n`;
    expect(errorsOf(judge(three, kubernetes)).join('\n')).toMatch(
      /^system_images\.kubernetes: .*cannot be downgraded/m,
    );
  });

  it('several changes at once, each at its position', () => {
    const after = `${yml([node(a), node(b)])}prefix_path: /mnt/fast\nservices: { kubelet: { cluster_domain: x.y } }\n`;
    expect(judge(three, after)).toMatchObject([
      { code: 'even-etcd', severity: 'warning' },
      { path: 'prefix_path', position: { line: 7, column: 14 } },
      { path: 'services.kubelet.cluster_domain', position: { line: 8, column: 40 } },
    ]);
  });
});

describe('a running cluster accepts', () => {
  it.each<[what: string, before: string, after: string]>([
    ['the same file', three, three],
    ['its nodes in another order', three, yml([node(c), node(a), node(b)])],
    ['a new etcd host', three, yml([node(a), node(b), node(c), node(d, 'role: [etcd]')])],
    ['two new etcd hosts beside one', yml([node(a)]), three],
    ['the role etcd on a running node', mixed, mixed.replace('[worker]', '[etcd, worker]')],
    ['a removed etcd host', three, yml([node(a), node(b)])],
    ['a removed role etcd', three, yml([node(a), node(b), node(c, 'role: [worker, controlplane]')])],
    ['a replaced etcd host', three, yml([node(a), node(b), node(d)])],
    ['a removed worker', mixed, yml([node(a, 'role: [controlplane, etcd]')])],
    ['a worker in place of another one', mixed, mixed.replace(b, c)],
    ['a removed control plane', yml([node(a), node(b, 'role: [controlplane]')]), yml([node(a)])],
    ['a new worker', three, yml([node(a), node(b), node(c), node(d, 'role: [worker]')])],
    [
      'a new control-plane host',
      mixed,
      mixed
        .replace('network', '  - { address: 10.10.0.14, user: ops, role: [controlplane] }\nnetwork')
        .replace(/(kubernetes_version.*\n)( {2}- .*\n)/, '$2$1'),
    ],
    [
      'the role worker on a control plane',
      mixed,
      mixed.replace('[controlplane, etcd]', '[controlplane, etcd, worker]'),
    ],
    ['the role controlplane on a worker', mixed, mixed.replace('[worker]', '[controlplane, worker]')],
    [
      'its defaults written out',
      three,
      `${three.replaceAll('user: ops', 'user: ops, port: 22')}prefix_path: ///\nservices: { kube-controller: { cluster_cidr: 10.42.0.0/16 }, etcd: { extra_args: { data-dir: /var/lib/rancher/etcd/ }, extra_binds: ["/a:/b"] } }\n`,
    ],
    [
      'labels and taints',
      mixed,
      mixed.replace('labels: { disk: ssd }', 'taints: [{ key: a, effect: NoSchedule }]'),
    ],
    ['the next minor', three, three.replace(version, 'v1.31.1-rancher1-1')],
    [
      'other arguments',
      three,
      `${three}services: { kubelet: { extra_args: { max-pods: "200" } }, etcd: { extra_args: { quota-backend-bytes: "1" } } }\n`,
    ],
    ['uid and gid of etcd', three, `${three}services: { etcd: { uid: 52034, gid: 52034 } }\n`],
    ['a name of the cluster', three, `${three}cluster_name: prod\n`],
    [
      'another backend of flannel',
      three,
      three.replace('plugin: flannel', 'plugin: flannel, options: { flannel_backend_type: host-gw }'),
    ],
    [
      'other SSH settings',
      three,
      three.replaceAll('user: ops', 'user: admin, port: 2222, ssh_key_path: ./k'),
    ],
    ['SANs', three, `${three}authentication: { sans: [api.example.com] }\n`],
    ['all workers at once', three, `${three}upgrade_strategy: { max_unavailable_worker: 100% }\n`],
    ['draining', three, `${three}upgrade_strategy: { drain: true, node_drain_input: { force: true } }\n`],
    ['an external cloud provider', three, `${three}cloud_provider: { name: external }\n`],
  ])('%s', (_what, before, after) => {
    expect(errorsOf(judge(before, after))).toEqual([]);
  });

  it.each([
    ['v1.29.9-rancher1-1', version],
    ['v1.31.1-rancher1-1', 'v1.29.9-rancher1-1'],
  ])('with --force-version also %s instead of %s', (to, from) => {
    const running = specOf(three.replace(version, from));
    const load = (forceVersion: boolean) =>
      loadCluster(three.replace(version, to), { catalog, forChange: true, running, forceVersion });
    expect(load(false)).toMatchObject({ ok: false });
    const forced = load(true);
    expect(forced.ok && forced.warnings.map(({ code }) => code)).toContain('version-skew');
  });

  it('a file without a version, and keeps the running version', () => {
    const after = three.replace(/kubernetes_version.*\n/, '');
    const running = specOf(three.replace(version, 'v1.29.9-rancher1-1'));
    const loaded = loadCluster(after, { catalog, forChange: true, running });
    expect(loaded).toMatchObject({ ok: true, value: { kubernetesVersion: 'v1.29.9-rancher1-1' } });
    expect(loaded.ok && loaded.value.systemImages).toEqual(running.systemImages);
    expect(loaded.ok && loaded.warnings).toMatchObject([
      {
        code: 'version-kept',
        path: 'kubernetes_version',
        message: expect.stringContaining('keeps v1.29.9') as unknown,
      },
    ]);
  });
});
