import type { NodePlan } from '../../plan/cluster-plan-types.js';
import type { ObservedHost } from '../observed.js';
import { cleanId, podsId, removeId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { cleanScript } from './clean-script.js';

/**
 * Takes the cluster off a host, whatever state it is in: first the kubelet, which would start others again, then the
 * containers of the pods and the rest, and last what they left on the host.
 *
 * @param after what must be done before the kubelet is removed
 */
export function removeFromHost(
  node: NodePlan,
  found: ObservedHost,
  after: readonly OperationId[] = [],
): Operation[] {
  const host = node.node.address;
  const kubelet = removeId('kubelet', host);
  const names = [...found.containers.keys(), ...found.leftovers];
  const first = names.includes('kubelet') ? [kubelet] : after;
  const removes = names.map((name): Operation => ({
    id: removeId(name, host),
    stage: 'remove',
    title: `remove ${name}`,
    host,
    after: name === 'kubelet' ? after : first,
    kind: 'remove-container',
    name,
  }));
  const pods: Operation = {
    id: podsId(host),
    stage: 'remove',
    title: 'remove pods',
    host,
    after: first,
    kind: 'remove-pods',
  };
  return [
    ...removes,
    pods,
    cleanHost(
      node,
      found,
      [...removes, pods].map(({ id }) => id),
    ),
  ];
}

function cleanHost(node: NodePlan, found: ObservedHost, after: readonly OperationId[]): Operation {
  const host = node.node.address;
  const binds = found.foreign.flatMap((container) => container.binds.map(sourceOf));
  return {
    id: cleanId(host),
    stage: 'remove',
    title: 'remove directories, mounts, links and rules',
    host,
    after,
    kind: 'clean-host',
    image: node.images.find((candidate) => found.images.has(candidate)) ?? node.images[0] ?? '',
    script: cleanScript(node.prefixPath, binds),
  };
}

const sourceOf = (bind: string): string => (bind.split(':')[0] ?? '').replace(/(.)\/+$/, '$1');
