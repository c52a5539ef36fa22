import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { conditionOf } from '../diff/condition.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';

/**
 * Describes what does not work, or still works, while an operation interrupts a container: `2 others serve`.
 *
 * @returns undefined if it interrupts nothing, e.g. a container that does not run
 */
export function describeInterruption(
  operation: Operation,
  { plan, observed }: { readonly plan: ClusterPlan; readonly observed: ObservedCluster },
): string | undefined {
  const name = interruptedBy(operation);
  const text = name === undefined ? undefined : texts[name];
  const host = observed.hosts.get(operation.host ?? '');
  if (name === undefined || text === undefined || host === undefined) return undefined;
  if (conditionOf({ name, started: true }, host).state === 'down') return undefined;
  const others = plan.nodes.filter(
    ({ node, containers }) =>
      node.address !== operation.host && containers.some((container) => container.name === name),
  );
  const serving = others.filter(({ node }) => {
    const other = observed.hosts.get(node.address);
    return other !== undefined && conditionOf({ name, started: true }, other).state === 'well';
  });
  return text({ serving: serving.length, all: others.length + 1 });
}

/** The container that an operation interrupts; undefined if there is none. */
function interruptedBy(operation: Operation): string | undefined {
  if (operation.kind === 'replace-container') return operation.container.name;
  return operation.kind === 'restart-container' ? operation.name : undefined;
}

interface Members {
  /** Other members that are well. */
  readonly serving: number;
  readonly all: number;
}

const others = (count: number): string => (count === 1 ? '1 other serves' : `${count} others serve`);

const texts: Readonly<Record<string, (members: Members) => string>> = {
  etcd: ({ serving, all }) =>
    serving > all / 2 ? others(serving) : 'etcd has no majority meanwhile, and the API does not answer',
  'kube-apiserver': ({ serving }) => (serving > 0 ? others(serving) : 'the API does not answer meanwhile'),
  'kube-controller-manager': ({ serving }) =>
    serving > 0 ? 'another takes over' : 'no controller works meanwhile',
  'kube-scheduler': ({ serving }) =>
    serving > 0 ? 'another takes over' : 'new pods are not scheduled meanwhile',
  kubelet: () => 'pods keep running',
  'kube-proxy': () => 'Services keep working',
  'nginx-proxy': () => 'the kubelet reaches no API meanwhile',
};
