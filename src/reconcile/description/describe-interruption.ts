import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { conditionOf } from '../diff/condition.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';

/**
 * Describes what does not work, or still works, while an operation interrupts a container: `2 others serve`.
 *
 * @returns undefined if it interrupts nothing, e.g. a container that does not run
 */
export type DescribeInterruption = (operation: Operation) => string | undefined;

/** Counts the members of each plane once, for all operations of a plan. */
export function createInterruptionDescriber(
  plan: ClusterPlan,
  observed: ObservedCluster,
): DescribeInterruption {
  const planes = new Map<string, Plane>();
  const planeOf = (name: string): Plane => {
    const plane = planes.get(name) ?? observePlane(name, plan, observed);
    planes.set(name, plane);
    return plane;
  };
  return (operation) => {
    const name = interruptedBy(operation);
    const text = name === undefined ? undefined : texts[name];
    const { host: address = '' } = operation;
    const host = observed.hosts.get(address);
    if (name === undefined || text === undefined || host === undefined) return undefined;
    if (conditionOf({ name, started: true }, host).state === 'down') return undefined;
    const { members, well } = planeOf(name);
    const others = members.size - (members.has(address) ? 1 : 0);
    return text({ serving: well.size - (well.has(address) ? 1 : 0), all: others + 1 });
  };
}

/** Addresses of the hosts with a container, and of those on which it is well. */
interface Plane {
  readonly members: ReadonlySet<string>;
  readonly well: ReadonlySet<string>;
}

function observePlane(name: string, plan: ClusterPlan, observed: ObservedCluster): Plane {
  const members = plan.nodes.flatMap(({ node, containers }) =>
    containers.some((container) => container.name === name) ? [node.address] : [],
  );
  const well = members.filter((address) => {
    const host = observed.hosts.get(address);
    return host !== undefined && conditionOf({ name, started: true }, host).state === 'well';
  });
  return { members: new Set(members), well: new Set(well) };
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
