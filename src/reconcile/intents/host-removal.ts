import type { NodePlan } from '../../plan/cluster-plan-types.js';
import type { ObservedHost } from '../observed.js';
import { cleanId, podsId, removeId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { cleanScript } from './clean-script.js';

export interface HostRemoval {
  /** What must be done before the kubelet is removed. */
  readonly after?: readonly OperationId[];
  /** Also removes the etcd snapshots of the host. */
  readonly deletesSnapshots?: boolean | undefined;
}

/**
 * Takes the cluster off a host, whatever state it is in: first the kubelet, which would start others again, then the
 * containers of the pods and the rest, and last what they left on the host.
 */
export function removeFromHost(
  node: NodePlan,
  found: ObservedHost,
  { after = [], deletesSnapshots = false }: HostRemoval = {},
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
    cleanHost(node, found, { after: [...removes, pods].map(({ id }) => id), deletesSnapshots }),
  ];
}

function cleanHost(
  node: NodePlan,
  found: ObservedHost,
  { after, deletesSnapshots }: { readonly after: readonly OperationId[]; readonly deletesSnapshots: boolean },
): Operation {
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
    script: cleanScript(node.prefixPath, { inUse: binds, deletesSnapshots }),
  };
}

const sourceOf = (bind: string): string => (bind.split(':')[0] ?? '').replace(/(.)\/+$/, '$1');
