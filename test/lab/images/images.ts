import { calicoImages } from './calico-images.js';
import { ownFile, path, program, programs, type LabImage } from './lab-image.js';
import { baseLayer, filesLayer, type Content } from './layers.js';
import { nginxImages } from './nginx-images.js';
import { hyperkube, modules } from './programs.js';

const components = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'kubectl',
];

/** The images of v1.30.4-rancher1-1 and v1.31.1-rancher1-1, by the names and tags of the version catalogue. */
export const labImages: readonly LabImage[] = [
  kubernetes('v1.30.4'),
  {
    // v0.1.103 is what the snapshot container of 1.30 has: RKE takes its tag from the default version.
    refs: ['v0.1.100', 'v0.1.102', 'v0.1.103'].map((tag) => `rancher/rke-tools:${tag}`),
    config: {
      Env: [path],
      Entrypoint: ['/usr/local/bin/image-entrypoint'],
      Cmd: ['/bin/true'],
      Volumes: { '/opt/rke-tools': {} },
    },
    make: async (log) => [
      await baseLayer(log),
      await filesLayer('rke-tools', {
        '/opt/rke-tools/entrypoint.sh': ownFile('rke-tools/entrypoint.sh'),
        '/opt/rke-tools/rke-etcd-backup': await program(modules.etcdBackup, 'rke-etcd-backup', log),
        '/opt/rke-tools/bin/docker': await program(modules.tools, 'docker', log),
        '/opt/rke-tools/bin/cri-dockerd': await program(modules.criDockerd, 'cri-dockerd', log),
        '/usr/bin/cert-deployer': ownFile('rke-tools/cert-deployer'),
        '/usr/bin/nginx-proxy': await program(modules.tools, 'nginx-proxy', log),
        '/usr/local/bin/image-entrypoint': ownFile('rke-tools/image-entrypoint'),
        '/usr/local/bin/etcdctl': await program(modules.etcd, 'etcdctl', log),
        '/usr/local/bin/nc': ownFile('rke-tools/nc'),
        '/usr/local/bin/unzip': { link: '/bin/busybox' },
        '/usr/local/bin/sh': { link: '/bin/bash' },
      }),
    ],
  },
  {
    refs: ['v3.5.12', 'v3.5.15'].map((tag) => `rancher/mirrored-coreos-etcd:${tag}`),
    config: { Env: [path], Cmd: ['/usr/local/bin/etcd'] },
    make: async (log) => [
      await filesLayer('etcd', {
        '/usr/local/bin/etcd': await program(modules.etcd, 'etcd', log),
        '/usr/local/bin/etcdctl': await program(modules.etcd, 'etcdctl', log),
        '/tmp': { folder: true },
      }),
    ],
  },
  {
    refs: ['rancher/mirrored-pause:3.7'],
    config: { Env: [path], Entrypoint: ['/pause'] },
    make: async (log) => [
      await filesLayer('pause', { '/pause': await program(modules.tools, 'pause', log) }),
    ],
  },
  {
    refs: ['rancher/mirrored-flannel-flannel:v0.25.1'],
    config: { Env: [path], Entrypoint: ['/opt/bin/flanneld'] },
    make: async (log) => [
      await baseLayer(log),
      await filesLayer('flannel', { '/opt/bin/flanneld': await program(modules.flanneld, 'flanneld', log) }),
    ],
  },
  {
    refs: ['rancher/flannel-cni:v1.4.1-rancher1'],
    config: { Env: [path], Cmd: ['/install-cni.sh'] },
    make: async (log) => [
      await baseLayer(log),
      await filesLayer('flannel-cni', {
        '/install-cni.sh': ownFile('flannel-cni/install-cni.sh'),
        '/opt/cni/bin/flannel': await program(modules.cniFlannel, 'flannel', log),
        ...(await programs(modules.cniPlugins, '/opt/cni/bin', log)),
      }),
    ],
  },
  ...calicoImages,
  ...nginxImages,
  {
    refs: ['1.11.1', '1.11.3'].map((tag) => `rancher/mirrored-coredns-coredns:${tag}`),
    config: { Env: [path], Entrypoint: ['/coredns'] },
    make: async (log) => [
      await filesLayer('coredns', { '/coredns': await program(modules.coredns, 'coredns', log) }),
    ],
  },
  {
    refs: ['rancher/mirrored-cluster-proportional-autoscaler:v1.8.9'],
    config: { Env: [path], Entrypoint: ['/cluster-proportional-autoscaler'] },
    make: async (log) => [
      await filesLayer('autoscaler', {
        '/cluster-proportional-autoscaler': await program(
          modules.tools,
          'cluster-proportional-autoscaler',
          log,
        ),
      }),
    ],
  },
  ...['kube-dns', 'dnsmasq-nanny', 'sidecar'].map((name): LabImage => ({
    refs: [`rancher/mirrored-k8s-dns-${name}:1.23.0`],
    config: { Env: [path], Entrypoint: [`/${name}`] },
    make: async (log) => [
      await filesLayer(`kube-dns-${name}`, { [`/${name}`]: await program(modules.tools, 'kube-dns', log) }),
    ],
  })),
  {
    refs: ['rancher/mirrored-metrics-server:v0.7.1'],
    config: { Env: [path], Entrypoint: ['/metrics-server'], User: '65534' },
    make: async (log) => [
      await filesLayer('metrics-server', {
        '/metrics-server': await program(modules.metricsServer, 'metrics-server', log),
        '/tmp': { folder: true },
      }),
    ],
  },
  {
    refs: ['rancher/lab-testbox:1'],
    isOwn: true,
    config: { Env: [path], Cmd: ['/bin/sh'] },
    make: async (log) => [await baseLayer(log), await filesLayer('testbox', testbox())],
  },
  kubernetes('v1.31.1'),
];

function kubernetes(version: string): LabImage {
  return {
    refs: [`rancher/hyperkube:${version}-rancher1`],
    config: { Env: [path], Entrypoint: ['/hyperkube'] },
    make: async (log) => [
      await baseLayer(log),
      await filesLayer(`hyperkube-${version}`, {
        '/hyperkube': await program(hyperkube(version), 'hyperkube', log),
        ...Object.fromEntries(components.map((name) => [`/usr/local/bin/${name}`, { link: '/hyperkube' }])),
      }),
    ],
  };
}

/** BusyBox under the names of what test pods call. */
function testbox(): Record<string, Content> {
  const applets = ['httpd', 'nc', 'wget', 'nslookup', 'ping'];
  return Object.fromEntries(applets.map((name) => [`/usr/local/bin/${name}`, { link: '/bin/busybox' }]));
}
