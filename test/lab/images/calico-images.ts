import { finished, path, program, programs, type LabImage } from './lab-image.js';
import { baseLayer, filesLayer } from './layers.js';
import { modules } from './programs.js';

/** Calico of v1.30.4-rancher1-1 and v1.31.1-rancher1-1: one build under both tags. */
const tags = ['v3.28.1', 'v3.28.0'];

/** The images of the network plugins canal and calico, besides flannel's. */
export const calicoImages: readonly LabImage[] = [
  {
    refs: tags.map((tag) => `rancher/mirrored-calico-node:${tag}`),
    config: { Env: [path, 'SVDIR=/etc/service/enabled'], Cmd: ['start_runit'] },
    make: async (log) => [
      await baseLayer(log),
      await filesLayer('calico-node', {
        '/usr/bin/calico-node': await program(modules.calico, 'calico-node', log),
        '/etc/calico/confd/config': { folder: true },
        ...(await finished(modules.calico, 'node', log)),
      }),
    ],
  },
  {
    refs: tags.map((tag) => `rancher/calico-cni:${tag}-rancher1`),
    config: { Env: [path], Cmd: ['/opt/cni/bin/install'] },
    make: async (log) => [
      await filesLayer('calico-cni', {
        '/opt/cni/bin/install': await program(modules.calico, 'install', log),
        // One program, which is the plugin or its IPAM by the name that it is called by.
        '/opt/cni/bin/calico': await program(modules.calico, 'calico', log),
        '/opt/cni/bin/calico-ipam': await program(modules.calico, 'calico', log),
        '/opt/cni/bin/flannel': await program(modules.cniFlannel, 'flannel', log),
        ...(await programs(modules.cniPlugins, '/opt/cni/bin', log)),
      }),
    ],
  },
  {
    refs: tags.map((tag) => `rancher/mirrored-calico-kube-controllers:${tag}`),
    config: { Env: [path], Entrypoint: ['/usr/bin/kube-controllers'] },
    make: async (log) => [
      await filesLayer('calico-kube-controllers', {
        '/usr/bin/kube-controllers': await program(modules.calico, 'kube-controllers', log),
        '/usr/bin/check-status': await program(modules.calico, 'check-status', log),
        '/status': { folder: true },
        '/profiles': { folder: true },
      }),
    ],
  },
];
