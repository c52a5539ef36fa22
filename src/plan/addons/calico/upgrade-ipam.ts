import type { Fields } from '../../../core/fields.js';
import { initSecurity, pullPolicy, type NodeVariant } from './calico-node.js';
import type { CalicoRevision } from './calico-revision.js';
import { configEnv, fieldEnv } from '../container-env.js';
import { servicesEndpoint } from './services-endpoint.js';

/** The init container that takes over addresses from the host-local IPAM. */
export function upgradeIpam(revision: CalicoRevision, { images, configName }: NodeVariant): Fields {
  return {
    name: 'upgrade-ipam',
    image: images.cni,
    ...pullPolicy(revision.pullPolicy !== 'none'),
    command: ['/opt/cni/bin/calico-ipam', '-upgrade'],
    ...servicesEndpoint(revision),
    env: [
      fieldEnv('KUBERNETES_NODE_NAME', 'spec.nodeName'),
      configEnv('CALICO_NETWORKING_BACKEND', configName, 'calico_backend'),
    ],
    volumeMounts: [
      { mountPath: '/var/lib/cni/networks', name: 'host-local-net-dir' },
      { mountPath: '/host/opt/cni/bin', name: 'cni-bin-dir' },
    ],
    ...initSecurity(revision),
  };
}
