import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { cleanScript } from './intents/clean-script.js';
import type { ObservedCluster } from './observed.js';
import type { Operation, OperationPlan } from './operations.js';

/**
 * `rke remove`: takes the cluster off every reached host, whatever state it is in. First the containers that would
 * start others again (kubelet), then those of the pods, the rest, and last what they left on the host.
 */
export function planRemove(plan: ClusterPlan, observed: ObservedCluster): OperationPlan {
  const operations = plan.nodes.flatMap((node): Operation[] => {
    const host = node.node.address;
    const found = observed.hosts.get(host);
    if (found === undefined) return [];
    const image = node.images.find((candidate) => found.images.has(candidate)) ?? node.images[0] ?? '';
    const removes = [...found.containers.keys(), ...found.leftovers].map((name): Operation => ({
      id: `remove:${name}@${host}`,
      stage: 'remove',
      title: `remove ${name}`,
      host,
      after: name === 'kubelet' ? [] : [`remove:kubelet@${host}`],
      kind: 'remove-container',
      name,
    }));
    const clean: Operation = {
      id: `clean@${host}`,
      stage: 'remove',
      title: 'remove directories, mounts, links and rules',
      host,
      after: removes.map(({ id }) => id),
      kind: 'clean-host',
      image,
      script: cleanScript(
        node.prefixPath,
        found.foreign.flatMap(({ binds }) => binds.map(sourceOf)),
      ),
    };
    const pods: Operation = {
      id: `pods@${host}`,
      stage: 'remove',
      title: 'remove pods',
      host,
      after: [`remove:kubelet@${host}`],
      kind: 'remove-pods',
    };
    return [...removes, pods, { ...clean, after: [...clean.after, pods.id] }];
  });
  const ids = new Set(operations.map(({ id }) => id));
  return {
    operations: operations.map((operation) => ({
      ...operation,
      after: operation.after.filter((id) => ids.has(id)),
    })),
    unchanged: { containers: 0, files: 0, addons: 0 },
  };
}

const sourceOf = (bind: string): string => (bind.split(':')[0] ?? '').replace(/(.)\/+$/, '$1');
