import { dindContainerName } from '../../core/dind-names.js';
import { networkOf } from '../../core/ip.js';
import type { DindNode, DindObserved, DindSettings, DindStep } from './dind-steps.js';

/**
 * What starts the containers of a cluster. Containers of nodes that left cluster.yml are started, too: their nodes are drained
 * before they are removed.
 *
 * @param nodes at least one
 */
export function planDindStart(
  cluster: string,
  nodes: readonly DindNode[],
  observed: DindObserved,
  settings: DindSettings,
): DindStep[] {
  const known = new Set(observed.containers.map(({ address }) => address));
  const missing = nodes.filter(({ address }) => !known.has(address));
  const [first] = nodes;
  const pull: DindStep[] =
    missing.length > 0 && !observed.hasImage ? [{ kind: 'pull-image', image: settings.image }] : [];
  const network: DindStep[] =
    observed.hasNetwork || first === undefined
      ? []
      : [{ kind: 'create-network', cluster, subnet: networkOf(`${first.address}/24`) }];
  return [
    ...pull,
    ...network,
    ...observed.containers
      .filter(({ isRunning }) => !isRunning)
      .map(({ container }): DindStep => ({ kind: 'start-node', cluster, container })),
    ...missing.map((node): DindStep => ({
      kind: 'create-node',
      cluster,
      container: dindContainerName(node.address),
      node,
      settings,
    })),
  ];
}

/** What removes the containers of nodes that are no longer in cluster.yml. */
export function planDindLeaving(
  cluster: string,
  nodes: readonly DindNode[],
  { containers }: DindObserved,
): DindStep[] {
  const wanted = new Set(nodes.map(({ address }) => address));
  return containers
    .filter(({ address }) => !wanted.has(address))
    .map(({ container }) => ({ kind: 'remove-node', cluster, container }));
}

/** What removes everything that the Docker of this machine has of a cluster, except the image. */
export function planDindRemove(cluster: string, observed: DindObserved): DindStep[] {
  const network: DindStep[] = observed.hasNetwork ? [{ kind: 'remove-network', cluster }] : [];
  return [...planDindLeaving(cluster, [], observed), ...network];
}
