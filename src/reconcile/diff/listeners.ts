import type { Role } from '../../config/cluster-spec.js';
import type { ContainerSpec, NodePlan } from '../../plan/cluster-plan-types.js';

/** RKE's names, so that each of the two removes what the other left. A host gets one listener, for all its roles. */
const nameOf: Readonly<Record<Role, string>> = {
  etcd: 'rke-etcd-port-listener',
  controlplane: 'rke-cp-port-listener',
  worker: 'rke-worker-port-listener',
};

export const listenerNames: readonly string[] = Object.values(nameOf);

/** As RKE calls nc; a BusyBox that was built without the options of nc 1.10 calls the same `-ll`. */
const listen = 'for port in $PORTS; do (nc -kl -p "$port" -e true || nc -ll -p "$port" -e true) & done; wait';

/**
 * On the host's own network, as the components will be. (RKE published ports of a bridge, whose packets go past the
 * rules that meet those of the components, so that it let firewalls pass that block.)
 */
export function listener({ node, images }: NodePlan, ports: readonly number[]): ContainerSpec {
  const [first = 'worker'] = (['etcd', 'controlplane', 'worker'] as const).filter((role) =>
    node.role.includes(role),
  );
  return {
    name: nameOf[first],
    image: images[0] ?? '',
    entrypoint: [],
    cmd: ['sh', '-c', listen],
    env: [`PORTS=${ports.join(' ')}`],
    binds: [],
    volumesFrom: [],
    networkMode: 'host',
    privileged: false,
    labels: {},
    securityOpt: [],
    started: true,
  };
}
